"""How trials draw their values: Optuna's samplers, asked and told."""

from __future__ import annotations

import hashlib
import json
import re
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import optuna
from optuna.exceptions import ExperimentalWarning, UpdateFinishedTrialError
from optuna.samplers import BaseSampler, RandomSampler, TPESampler
from optuna.storages import BaseStorage, JournalStorage, get_storage
from optuna.storages.journal import JournalFileBackend
from optuna.trial import FrozenTrial, TrialState, create_trial

from gansuite.errors import UserError
from gansuite.plugins.wording import reason_of
from gansuite.sweep.desk import hidden
from gansuite.sweep.plan import Arm, Plan

TRIAL = "gansuite:trial"
JOURNAL = "optuna.log"

optuna.logging.set_verbosity(optuna.logging.WARNING)


class Search:
    """The memory of a sweep: a study a recipe in an Optuna storage, which ``optuna-dashboard`` shows as well.

    What counts is kept in the sweep's folder. The storage is what the sampler learns from, and is filled anew from the
    folder where it lacks something: it may be lost.

    Args:
        plan: of the sweep.
        folder: of the sweep, which holds the journal where no storage is named.
        storage: any URL that Optuna takes.

    Raises:
        UserError: the storage cannot be reached or read.
    """

    def __init__(self, plan: Plan, folder: Path, storage: str | None = None) -> None:
        self.plan, self.words = plan, f"--storage {hidden(storage)}" if storage else str(folder / JOURNAL)
        with self.told():
            kept: BaseStorage = (
                get_storage(storage) if storage else JournalStorage(JournalFileBackend(str(folder / JOURNAL)))
            )
            self.studies = {
                arm.name: optuna.create_study(
                    storage=kept,
                    study_name=f"gansuite-{plan.identity}-{arm.name}",
                    load_if_exists=True,
                    sampler=RandomSampler(seed=0),
                )
                for arm in plan.arms
            }

    @contextmanager
    def told(self) -> Iterator[None]:
        """Whatever a storage has to complain of, in one line."""
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", ExperimentalWarning)
                yield
        except json.JSONDecodeError as error:
            raise UserError(
                f"{self.words}: a line is broken ({error.msg}); delete the file: it is written anew from the results"
            ) from error
        except Exception as error:  # of whichever driver
            words = re.sub(r"://[^@\s]*@", "://***@", reason_of(error))[:300]
            raise UserError(f"{self.words}: the storage cannot be used: {words}") from error

    def draw(self, arm: Arm, number: int) -> dict[str, Any]:
        """The values of a trial, by name.

        Those of a random search are a function of (seed, recipe, number); those of TPE of what had been told besides.
        The first trial is the recipe as it is, where the plan says so, and draws none.
        """
        if number == 0 and self.plan.defaults_first:
            return {}
        study = self.studies[arm.name]
        study.sampler = self.sampler(arm, number)
        with self.told():
            if unfinished := self.known(arm).get(number):  # its worker died before the values were kept
                study.tell(unfinished.number, state=TrialState.FAIL)
            trial = study.ask({each.name: each.distribution() for each in arm.parameters})
            trial.set_user_attr(TRIAL, number)
        return {each.name: each.read(trial.params[each.name]) for each in arm.parameters}

    def sampler(self, arm: Arm, number: int) -> BaseSampler:
        """The sampler of one trial, seeded for it alone."""
        words = json.dumps([self.plan.seed, arm.name, number]).encode()
        seed = int.from_bytes(hashlib.blake2b(words, digest_size=4).digest())
        return RandomSampler(seed=seed) if self.plan.search == "random" else TPESampler(seed=seed)

    def known(self, arm: Arm) -> dict[int, FrozenTrial]:
        """A recipe's trials as the storage has them, by number; those left out that were given up."""
        trials = self.studies[arm.name].get_trials(deepcopy=False)
        return {t.user_attrs[TRIAL]: t for t in trials if TRIAL in t.user_attrs and t.state != TrialState.FAIL}

    def tell(self, arm: Arm, results: Mapping[int, tuple[Mapping[str, Any], float]]) -> None:
        """Tell what came of a recipe's trials, (values, loss) by number, where it is not known; less is better."""
        study = self.studies[arm.name]
        with self.told():
            known = self.known(arm)
            for number, (values, loss) in results.items():
                if number not in known:
                    drawn = [each for each in arm.parameters if each.name in values and each.holds(values[each.name])]
                    study.add_trial(
                        create_trial(
                            value=loss,
                            params={each.name: each.kept(values[each.name]) for each in drawn},
                            distributions={each.name: each.distribution() for each in drawn},
                            user_attrs={TRIAL: number},
                        )
                    )
                elif known[number].state == TrialState.RUNNING:
                    with suppress(UpdateFinishedTrialError):  # by somebody else, between the look and now
                        study.tell(known[number].number, loss)
