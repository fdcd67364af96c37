"""What belongs to discrete samples: estimators, rewards, and how these are shared out."""

from __future__ import annotations

from gansuite.plugins.component import Component

_E = "gansuite.estimators"

ESTIMATORS = (
    Component(
        "estimator",
        "pathwise",
        f"{_E}.pathwise:Pathwise",
        "noise moved by the parameters, for choices that are real numbers",
        reference="kingma2014auto",
    ),
    Component("estimator", "softmax", f"{_E}.softmax:Softmax", "the mean of the choice in its place, no noise"),
    Component(
        "estimator",
        "gumbel-softmax",
        f"{_E}.gumbel_softmax:GumbelSoftmax",
        "a softmax of Gumbel-perturbed logits in the place of their argmax",
        reference="jang2017categorical",
    ),
    Component(
        "estimator",
        "straight-through",
        f"{_E}.straight_through:StraightThrough",
        "a drawn choice with the gradient of the softmax",
        reference="bengio2013estimating",
    ),
    Component(
        "estimator",
        "straight-through-gumbel",
        f"{_E}.straight_through_gumbel:StraightThroughGumbel",
        "the argmax of perturbed logits with the gradient of their softmax",
        reference="jang2017categorical",
    ),
    Component(
        "estimator",
        "gumbel-rao",
        f"{_E}.gumbel_rao:GumbelRao",
        "the former, averaged over the noise that gives the same choice",
        reference="paulus2021rao",
    ),
    Component(
        "estimator",
        "gapped-straight-through",
        f"{_E}.gapped_straight_through:GappedStraightThrough",
        "straight-through with a gap between the choice and the rest, and no Gumbel noise",
        reference="fan2022training",
    ),
    Component(
        "estimator",
        "reinforce",
        f"{_E}.reinforce:Reinforce",
        "cost times score, less a baseline: the mean of the other samples' costs unless told otherwise",
        reference="williams1992simple",
    ),
    Component(
        "estimator",
        "ppo",
        f"{_E}.ppo:PPO",
        "several moves on a policy's samples, the ratio of probabilities clipped",
        reference="schulman2017proximal",
    ),
    Component(
        "estimator",
        "importance-weighted",
        f"{_E}.importance_weighted:ImportanceWeighted",
        "scores weighted by the density ratio, normalised over the batch: MaliGAN, boundary seeking",
        reference="che2017maximum",
    ),
    Component(
        "estimator",
        "rebar",
        f"{_E}.rebar:Rebar",
        "the score function, corrected by a relaxation that is as close as the same noise makes it",
        reference="tucker2017rebar",
    ),
    Component(
        "estimator",
        "relax",
        f"{_E}.relax:Relax",
        "the same with a control variate that learns to quieten the estimate",
        reference="grathwohl2018backpropagation",
    ),
    Component(
        "estimator",
        "arm",
        f"{_E}.arm:Arm",
        "two alternatives: a pair of antithetic samples, augmented and merged",
        reference="yin2019arm",
    ),
    Component(
        "estimator",
        "disarm",
        f"{_E}.disarm:DisArm",
        "the same with the augmenting noise integrated out",
        reference="dong2020disarm",
    ),
    Component(
        "estimator",
        "local-expectation",
        f"{_E}.local_expectation:LocalExpectation",
        "every alternative of every choice, the others held",
        reference="titsias2015local",
    ),
)

REWARDS = (
    Component("reward", "objective", "gansuite.rewards.of_scores:Price", "minus the generator's side of the objective"),
    Component("reward", "score", "gansuite.rewards.of_scores:Score", "the critic's score itself"),
    Component(
        "reward",
        "probability",
        "gansuite.rewards.of_scores:Probability",
        "the probability of being real",
        reference="yu2017seqgan",
    ),
    Component(
        "reward",
        "log-probability",
        "gansuite.rewards.of_scores:LogProbability",
        "its logarithm",
        reference="fedus2018maskgan",
    ),
    Component(
        "reward",
        "signed",
        "gansuite.rewards.of_scores:Signed",
        "twice the probability, less one",
        reference="demasson2019training",
    ),
    Component(
        "reward",
        "density-ratio",
        "gansuite.rewards.of_scores:DensityRatio",
        "what the best critic makes the density ratio, for importance weights",
        reference="che2017maximum",
    ),
    Component(
        "reward",
        "rescaled",
        "gansuite.rewards.rescaled:Rescaled",
        "a sigmoid of the score's rank in its batch",
        reference="guo2018long",
    ),
    Component("reward", "constant", "gansuite.rewards.controls:Constant", "1 for every sample: the control"),
    Component("reward", "chance", "gansuite.rewards.controls:Chance", "a uniform number: another control"),
)

CREDITS = (
    Component("credit", "whole", "gansuite.credit.whole:Whole", "the whole reward to every choice"),
    Component(
        "credit",
        "per-choice",
        "gansuite.credit.per_choice:PerChoice",
        "discounted rewards to go, of a critic that scores choices",
        reference="demasson2019training",
    ),
    Component(
        "credit",
        "rollouts",
        "gansuite.credit.rollouts:Rollouts",
        "what a beginning is worth by its ends",
        reference="yu2017seqgan",
    ),
)

COMPONENTS: tuple[Component, ...] = ESTIMATORS + REWARDS + CREDITS
