"""Games of the core."""

from __future__ import annotations

from gansuite.plugins.component import Component

COMPONENTS: tuple[Component, ...] = (
    Component(
        "game",
        "gan",
        "gansuite.games.gan:Gan",
        "a generator against a critic",
        reference="goodfellow2014generative",
    ),
    Component(
        "game",
        "mad-gan",
        "gansuite.games.mad_gan:MadGan",
        "several generators and a critic that says which of them made a sample",
        reference="ghosh2018multi",
    ),
    Component(
        "game",
        "mode-regularized",
        "gansuite.games.mode_regularized:ModeRegularized",
        "reconstructions against data and samples against reconstructions: an encoder and two critics",
        reference="che2017mode",
        aliases=("mrgan",),
    ),
    Component(
        "game",
        "tempered",
        "gansuite.games.tempered:Tempered",
        "a lens makes real samples easier to imitate, fades and leaves",
        reference="sajjadi2018tempered",
    ),
    Component(
        "game",
        "batch-gan",
        "gansuite.games.batch_gan:BatchGan",
        "the critic tells the share of real samples in a mixed batch: BGAN, M-BGAN",
        reference="lucas2018mixed",
    ),
    Component(
        "game",
        "veegan",
        "gansuite.games.veegan:Veegan",
        "an encoder undoes the generator, and the critic judges samples with their latents",
        reference="srivastava2017veegan",
    ),
    Component(
        "game",
        "ali",
        "gansuite.games.ali:Ali",
        "encoder and generator make pairs of samples and latents that the critic is not to tell apart",
        reference="dumoulin2017learned",
        aliases=("bigan",),
    ),
    Component(
        "game",
        "vae",
        "gansuite.games.vae:Vae",
        "a variational autoencoder: an encoder, a generator, and no critic",
        reference="kingma2014auto",
    ),
    Component(
        "game",
        "vae-gan",
        "gansuite.games.vae_gan:VaeGan",
        "a variational autoencoder whose errors are measured in the critic's features",
        reference="larsen2016autoencoding",
    ),
    Component(
        "game",
        "lapgan",
        "gansuite.games.lapgan:LapGan",
        "a Laplacian pyramid: a coarse sample, and a conditional game for the detail of each finer level",
        reference="denton2015deep",
    ),
    Component(
        "game",
        "triple-gan",
        "gansuite.games.triple_gan:TripleGan",
        "a conditional generator, a classifier and a critic of pairs: few labels teach the classifier",
        reference="li2017triple",
    ),
    Component(
        "game",
        "discrete",
        "gansuite.games.discrete:Discrete",
        "samples made of choices, the gradient carried by any estimator, after pre-training",
        reference="yu2017seqgan",
    ),
    Component(
        "game",
        "maximum-likelihood",
        "gansuite.games.maximum_likelihood:MaximumLikelihood",
        "a generator of choices alone, by likelihood: the twin of every discrete game",
        reference="goodfellow2016deep",
    ),
    Component(
        "game",
        "cot",
        "gansuite.games.cooperative:CooperativeTraining",
        "a mediator learns the mixture of data and samples, and the generator moves towards it: no critic, no rewards",
        reference="lu2019cot",
    ),
    Component(
        "game",
        "fitted",
        "gansuite.games.fitted:Fitted",
        "a model that is fitted in one go, without a turn: baselines",
        reference="goodfellow2016deep",
    ),
)
