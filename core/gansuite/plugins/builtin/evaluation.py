"""Metrics, extractors and observers of the core."""

from __future__ import annotations

from gansuite.plugins.component import Component


def metric(name: str, target: str, summary: str, reference: str, aliases: tuple[str, ...] = ()) -> Component:
    return Component("metric", name, f"gansuite.metrics.{target}", summary, reference=reference, aliases=aliases)


COMPONENTS: tuple[Component, ...] = (
    metric(
        "inception-score",
        "statistics.class_scores:InceptionScore",
        "exp of the mean divergence of a sample's class probabilities from their average",
        "salimans2016improved",
    ),
    metric(
        "modified-inception-score",
        "statistics.class_scores:ModifiedInceptionScore",
        "exp of the mean divergence between the class probabilities of two samples",
        "gurumurthy2017deligan",
    ),
    metric(
        "am-score",
        "statistics.class_scores:AMScore",
        "divergence of the classes from their real shares, plus the mean entropy of a sample's",
        "zhou2018activation",
    ),
    metric(
        "frechet",
        "statistics.frechet_distance:Frechet",
        "Fréchet distance of Gaussians fitted to features, corrected for bias",
        "heusel2017gans",
    ),
    metric(
        "kid",
        "statistics.kernel_distance:KID",
        "kernel distance of features with a cubic polynomial kernel, unbiased and exact",
        "binkowski2018demystifying",
    ),
    metric(
        "kad",
        "statistics.kernel_distance:KAD",
        "kernel audio distance: unbiased squared maximum mean discrepancy of features",
        "chung2025kad",
    ),
    metric(
        "energy-distance",
        "statistics.energy:EnergyDistance",
        "energy distance of features, unbiased",
        "szekely2013energy",
    ),
    metric(
        "sliced-wasserstein",
        "statistics.sliced:SlicedWasserstein",
        "Wasserstein-2 distance of features, averaged over projections",
        "bonneel2015sliced",
    ),
    metric(
        "precision-recall",
        "statistics.manifolds:PrecisionRecall",
        "shares of samples within the other set's k-nearest-neighbour balls",
        "kynkaanniemi2019improved",
    ),
    metric(
        "density-coverage",
        "statistics.manifolds:DensityCoverage",
        "how densely samples lie in real neighbourhoods, and how many of these they reach",
        "naeem2020reliable",
    ),
    metric(
        "prd",
        "statistics.mixture_curve:PRD",
        "precision and recall of distributions, from clustered histograms",
        "sajjadi2018assessing",
    ),
    metric(
        "ndb",
        "statistics.bins:NDB",
        "number of statistically different bins of a clustering of the real samples",
        "richardson2018gans",
    ),
    metric(
        "c2st",
        "statistics.classifier_test:C2ST",
        "held-out accuracy of a classifier that tells real from generated, and the defects it sees, in order",
        "lopezpaz2017revisiting",
    ),
    metric(
        "birthday",
        "statistics.support_size:Birthday",
        "size of the generator's support, from duplicates in batches",
        "arora2018do",
    ),
    metric(
        "self-distance",
        "statistics.nearest_distances:SelfDistance",
        "mean distance of a sample to the nearest other one: a lack of diversity",
        "donahue2019adversarial",
    ),
    metric(
        "train-distance",
        "statistics.nearest_distances:TrainDistance",
        "mean distance of a sample to the nearest training one: copies, or nothing real",
        "donahue2019adversarial",
    ),
    metric(
        "geometry-score",
        "statistics.topology:GeometryScore",
        "difference of the holes of two sets of samples",
        "khrulkov2018geometry",
    ),
    metric(
        "ms-ssim",
        "statistics.structural_similarity:MsSsim",
        "mean structural similarity of pairs of samples: a lack of diversity",
        "wang2003multiscale",
    ),
    metric(
        "gan-train",
        "statistics.label_transfer:GanTrain",
        "accuracy on real samples of a classifier trained on generated ones",
        "shmelkov2018how",
    ),
    metric(
        "gan-test",
        "statistics.label_transfer:GanTest",
        "accuracy on generated samples of a classifier trained on real ones",
        "shmelkov2018how",
    ),
    metric(
        "modes",
        "statistics.modes:Modes",
        "modes captured, share of high quality, reverse KL, balanced modes: counted by a data set's judge",
        "srivastava2017veegan",
    ),
    metric(
        "ais",
        "models.annealed_importance:AIS",
        "log-likelihood of held-out samples by annealed importance sampling",
        "wu2017quantitative",
    ),
    metric(
        "ivom",
        "models.inversion:IvOM",
        "distance of held-out samples from what the generator can make, by descent on the latent",
        "metz2017unrolled",
    ),
    metric(
        "manifold-precision-recall",
        "models.manifold:ManifoldPrecisionRecall",
        "samples within a distance of the data's known manifold, and real ones within it of what can be generated",
        "lucic2018gans",
        ("manifold-pr",),
    ),
    metric(
        "condition-number",
        "models.jacobian:ConditionNumber",
        "condition number of the generator's Jacobian",
        "odena2018generator",
    ),
    metric(
        "duality-gap",
        "models.minimax_gap:DualityGap",
        "what each player still gains against the other: 0 at an equilibrium",
        "grnarova2019domain",
    ),
    metric(
        "gradient-noise-scale",
        "models.noise_scales:GradientNoiseScale",
        "batch size at which a player's gradient noise equals its gradient",
        "mccandlish2018empirical",
    ),
    metric(
        "critic-robustness",
        "models.robustness:CriticRobustness",
        "smallest change of a sample that turns the critic's verdict",
        "goodfellow2015explaining",
    ),
    metric(
        "skill-rating",
        "models.tournament:SkillRating",
        "ratings of a run's checkpoints as players of a tournament",
        "olsson2018skill",
    ),
    metric(
        "human",
        "models.human:Human",
        "how often people preferred a run's samples to others', from pairwise judgements",
        "bradley1952rank",
    ),
    metric(
        "mauve",
        "statistics.divergence_frontier:Mauve",
        "area under the frontier of divergences from mixtures, over clusters of features",
        "pillutla2021mauve",
    ),
    metric(
        "nll",
        "models.likelihood:Nll",
        "how unlikely held-out samples are to the model",
        "goodfellow2016deep",
    ),
    metric(
        "entropy",
        "models.likelihood:Entropy",
        "how unlikely the model's own samples are to it",
        "shannon1948mathematical",
    ),
    metric(
        "psnr",
        "models.psnr:Psnr",
        "peak signal-to-noise ratio and structural similarity of translations and their counterparts",
        "wang2004image",
    ),
    metric(
        "adapted-accuracy",
        "models.adapted_accuracy:AdaptedAccuracy",
        "share of the unlabelled domain's samples that the adapted classifier names rightly",
        "bousmalis2017unsupervised",
    ),
    metric(
        "labels-kept",
        "models.labels_kept:LabelsKept",
        "share of translations that are still of their source's class",
        "hoffman2018cycada",
    ),
    metric(
        "domain-reached",
        "models.domain_reached:DomainReached",
        "share of translations that are taken for the domain asked for",
        "choi2018stargan",
    ),
    Component(
        "extractor",
        "random-projection",
        "gansuite.extractors.random_projection:RandomProjection",
        "the samples' own numbers, projected onto random directions",
        reference="johnson1984extensions",
    ),
    Component("extractor", "identity", "gansuite.extractors.identity:Identity", "the samples' own numbers"),
    Component(
        "extractor",
        "classifier",
        "gansuite.extractors.classifier:Classifier",
        "a small classifier trained once on the labelled training data: hidden units or class probabilities",
    ),
    Component(
        "extractor",
        "encoder",
        "gansuite.extractors.encoder:Encoder",
        "the code of a small autoencoder trained once on the training data",
    ),
    Component(
        "extractor",
        "folder",
        "gansuite.extractors.folder:Folder",
        "a network of your own from a folder: TorchScript, safetensors with its recipe, or transformers",
    ),
    Component(
        "observer",
        "tensorboard",
        "gansuite.engine.observers.tensorboard:TensorBoard",
        "scalars and samples as TensorBoard events",
        requires=("tensorboard",),
        extra="tensorboard",
    ),
)
