"""Which estimators, rewards, credits, objectives and networks can be played together; the others are refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gansuite.errors import UserError
from gansuite.games.adversarial import wrapped
from gansuite.rewards.of_scores import Price


def check_options(options: Mapping[str, Any]) -> None:
    """Refuse options of the game ``discrete`` that cannot be combined, when the recipe is read.

    Raises:
        UserError: the reason, and what would do instead.
    """
    estimator, unknown = options["estimator"], sorted(set(options["pretraining"]) - {"likelihood", "critic"})
    if unknown:
        raise UserError(f"pretraining: there is no turn {unknown[0]!r} to train before; likelihood and critic are")
    if "rewards" not in estimator.needs and (options["reward"] is not None or options["credit"].per_choice):
        raise UserError(
            f"reward: the estimator {type(estimator).__name__} differentiates the critic and has no use of "
            "rewards; leave reward and credit out, or take reinforce"
        )
    objective = wrapped(options["objective"], options["inputs"])
    alone = objective.generator_sees == "scores" and not objective.generator_needs_real
    if "factorised" in estimator.needs and not alone:
        raise UserError(
            f"objective: the estimator {type(estimator).__name__} needs one that prices a sample by its score "
            "alone, such as non-saturating"
        )
    if of_objective(estimator, options["reward"]):
        if objective.of_batches:
            raise UserError(
                "objective: this one is a distance of whole batches, of which no sample earns a share; name a "
                "reward, such as score, or take a relaxation"
            )
        if options["credit"].continues and objective.generator_needs_real and objective.generator_sees == "scores":
            raise UserError(
                "credit: this objective pairs samples with real ones, which has no meaning for the ends of "
                "roll-outs; name a reward, such as probability, or take the credit whole"
            )
    if objective.generator_sees == "samples":
        raise UserError("objective: this one compares samples as numbers, which choices are not; take another")
    if objective.energy and getattr(options["reward"], "likes_high", False):
        raise UserError(
            "reward: this one takes a high score for real, which to this objective is generated; take the reward "
            '"objective", or leave it out'
        )
    if "continuous" in estimator.needs:
        raise UserError("estimator: this one is for choices that are real numbers; take reinforce, or a relaxation")
    if "weights" in estimator.needs and not getattr(options["reward"], "positive", False):
        raise UserError(
            f'estimator: {type(estimator).__name__} weighs samples by a density ratio: add reward = "density-ratio"'
        )
    if "weights" in estimator.needs and getattr(options["credit"], "baseline", "none") != "none":
        raise UserError(
            f"credit: {type(estimator).__name__} weighs samples, and a baseline would make weights negative; "
            'add baseline = "none"'
        )
    if options["reward"] is not None and options["reward"].couples and options["credit"].continues:
        raise UserError("reward: ranks are of whole samples, not of ends; take the credit whole, or the game leakgan")
    if "rewards" not in estimator.needs and options["credit"].continues:
        raise UserError("credit: roll-outs are for estimators of rewards, such as reinforce")


def check_networks(game: Any) -> None:
    """Refuse networks that do not fit the game's options, when it is made.

    Raises:
        UserError: the reason, and what would do instead.
    """
    if "binary" in game.estimator.needs and game.generator.alternatives != 2:
        raise UserError(
            f"estimator: {type(game.estimator).__name__} is for two alternatives a choice, and this generator has "
            f"{game.generator.alternatives}; take rebar, or reinforce"
        )
    if "factorised" in game.estimator.needs and not game.generator.factorised:
        raise UserError(
            f"estimator: {type(game.estimator).__name__} needs choices that do not depend on each other, and this "
            "generator makes one after the other; take reinforce, or a relaxation"
        )
    if game.credit.per_choice and not game.scores_choices:
        raise UserError("credit: this credit needs a critic that scores every choice; choose such a critic, or whole")
    if game.scores_choices and not game.objective.separable:
        raise UserError("objective: a critic that scores every choice needs a separable one, such as non-saturating")
    if game.several and (game.reads_features or len(game.inputs)):
        raise UserError("this critic gives several scores a sample: leave out inputs and whatever reads its features")
    if game.reads_features and game.conditioning is not None and game.conditioning.attached:
        raise UserError(
            "conditioning: the critic of this one is told the label beside its features, which something else "
            "reads here; take projection or auxiliary-classifier"
        )
    if game.several and of_objective(game.estimator, game.reward) and game.objective.generator_needs_real:
        raise UserError(
            "objective: a critic that gives several scores a sample has no reward by an objective that looks at "
            "real samples; name a reward, such as score, or take a relaxation"
        )
    if game.predicts and not (game.foretells or hasattr(game.generator, "values")):
        raise UserError('estimator: the baseline "critic" needs a generator that predicts values; take rloo')


def of_objective(estimator: Any, reward: Any) -> bool:
    """Whether what a sample earns is the objective's own price of it."""
    return "rewards" in estimator.needs and (reward is None or isinstance(reward, Price))
