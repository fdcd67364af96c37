"""What the toy plugin offers. Imports nothing heavy: targets are strings."""

from __future__ import annotations

from collections.abc import Iterable

from gansuite.networks.offered import offered
from gansuite.plugins import Component, hookimpl

DATA = (
    Component(
        "dataset",
        "ring",
        "gansuite_toy.data.ring:Ring",
        "Gaussians on a ring, balanced or not",
        reference="srivastava2017veegan",
    ),
    Component(
        "dataset",
        "grid",
        "gansuite_toy.data.grid:Grid",
        "Gaussians on a square grid",
        reference="srivastava2017veegan",
    ),
    Component(
        "dataset",
        "dirac",
        "gansuite_toy.data.dirac:Dirac",
        "all mass at one point, or a Gaussian about it: dynamics solved by hand",
        reference="mescheder2018which",
    ),
    Component(
        "dataset",
        "mixture-1d",
        "gansuite_toy.data.mixture_1d:Mixture1D",
        "five unequal Gaussians on a line",
        reference="ghosh2018multi",
    ),
    Component(
        "dataset",
        "clouds",
        "gansuite_toy.data.clouds:Clouds",
        "two clouds of points with a known map between them",
    ),
    Component(
        "dataset",
        "cloud-domains",
        "gansuite_toy.data.cloud_domains:CloudDomains",
        "one cloud of points in several poses, the label telling which",
        reference="choi2018stargan",
    ),
    Component(
        "dataset",
        "signals",
        "gansuite_toy.data.signals:Signals",
        "tones with noisy, gapped or coarse copies to restore them from",
    ),
    Component(
        "dataset",
        "moons",
        "gansuite_toy.data.moons:Moons",
        "two half circles with few labels, or in another place than the labelled ones",
    ),
    Component(
        "dataset",
        "high-dimensional",
        "gansuite_toy.data.high_dimensional:HighDimensional",
        "ten far Gaussians in a subspace of 1200 dimensions",
        reference="srivastava2017veegan",
    ),
    Component(
        "dataset",
        "stacked-digits",
        "gansuite_toy.data.stacked_digits:StackedDigits",
        "three handwritten digits as colours: a thousand modes",
        requires=("sklearn",),
        extra="toy",
        reference="metz2017unrolled",
    ),
    Component(
        "dataset",
        "triangles",
        "gansuite_toy.data.polygons:Triangles",
        "random triangles as pictures or outlines",
        reference="lucic2018gans",
    ),
    Component(
        "dataset",
        "polygons",
        "gansuite_toy.data.polygons:Polygons",
        "random convex polygons as pictures or outlines",
        reference="lucic2018gans",
    ),
    Component(
        "dataset",
        "parallel-lines",
        "gansuite_toy.data.parallel_lines:ParallelLines",
        "segments side by side, where the Jensen-Shannon divergence is flat",
        reference="arjovsky2017wasserstein",
    ),
    Component(
        "dataset",
        "shapes",
        "gansuite_toy.data.shapes:Shapes",
        "circles, a disc and a plane of known topology",
        reference="khrulkov2018geometry",
    ),
    Component(
        "dataset",
        "oracle-sequences",
        "gansuite_toy.data.oracle_sequences:OracleSequences",
        "strings of a random LSTM with exact likelihood",
        reference="yu2017seqgan",
    ),
    Component(
        "dataset",
        "counting",
        "gansuite_toy.data.counting:CountingData",
        "exactly so many bumps, or balanced brackets",
        reference="goodfellow2016nips",
    ),
)

NETWORKS = (
    *offered("unet", "resnet", "munit", "patch", "infogan", "infogan-autoencoder"),
    Component("generator", "mlp", "gansuite_toy.networks.perceptron:MLPGenerator", "fully connected layers"),
    Component(
        "generator",
        "choice-mlp",
        "gansuite_toy.networks.choices:ChoiceGenerator",
        "fully connected layers for texts and graphs: the logits of all choices from one latent",
    ),
    Component(
        "generator",
        "point",
        "gansuite_toy.networks.smallest:PointGenerator",
        "one point: the generator of the Dirac-GAN",
        reference="mescheder2018which",
    ),
    Component(
        "generator",
        "scale",
        "gansuite_toy.networks.smallest:ScaleGenerator",
        "the latent times one number",
        reference="mescheder2018which",
    ),
    Component("critic", "mlp", "gansuite_toy.networks.critic:MLPCritic", "fully connected layers"),
    Component(
        "critic",
        "choice-mlp",
        "gansuite_toy.networks.choices:ChoiceCritic",
        "fully connected layers over the one-hot choices of a text or graph",
    ),
    Component(
        "critic",
        "slope",
        "gansuite_toy.networks.smallest:SlopeCritic",
        "linear: the critic of the Dirac-GAN",
        reference="mescheder2018which",
    ),
    Component(
        "critic",
        "quadratic",
        "gansuite_toy.networks.smallest:QuadraticCritic",
        "a multiple of the square",
        reference="mescheder2018which",
    ),
    Component(
        "critic",
        "maxout",
        "gansuite_toy.networks.maxout:MaxoutCritic",
        "maxout layers, as PacGAN has them",
        reference="lin2018pacgan",
    ),
    Component(
        "critic",
        "autoencoder",
        "gansuite_toy.networks.autoencoder:AutoencoderCritic",
        "an energy: the error of an autoencoder",
        reference="zhao2017energy",
    ),
    Component(
        "critic",
        "deep-set",
        "gansuite_toy.networks.deep_set:DeepSetCritic",
        "permutation-equivariant layers over the batch",
        reference="lucas2018mixed",
    ),
    Component("encoder", "mlp", "gansuite_toy.networks.perceptron:MLPEncoder", "fully connected layers"),
    Component("translator", "mlp", "gansuite_toy.networks.perceptron:MLPTranslator", "fully connected layers"),
)

OTHERS = (
    Component(
        "extractor", "token-counts", "gansuite_toy.metrics.token_counts:TokenCounts", "how often each token occurs"
    ),
    Component("writer", "npy", "gansuite_toy.writers.npy:NpyWriter", "all samples as one array and one drawing"),
    Component(
        "presenter",
        "plots",
        "gansuite_toy.presenter:ToyPresenter",
        "a drawing a sample, or one of a cloud of points",
    ),
    Component(
        "panel", "toy-samples", "gansuite_toy.panels.samples:ToySamples", "samples drawn over what is known of them"
    ),
)

RECIPES = (
    Component(
        "recipe",
        "ring-gan",
        "gansuite:toy/ring-gan.toml",
        "a plain GAN on the ring of eight Gaussians, in seconds",
        reference="goodfellow2014generative",
    ),
)


@hookimpl
def gansuite_components() -> Iterable[Component]:
    """Data sets whose truth is known, and the perceptrons that play on them."""
    return (*DATA, *NETWORKS, *OTHERS, *RECIPES)
