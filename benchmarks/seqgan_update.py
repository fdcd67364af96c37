"""One generator update of SeqGAN: B=64 texts of T=20 tokens out of V=5000, N=16 ends for each of their beginnings.

    python benchmarks/seqgan_update.py [--rounds 3] [--json]

Ours (the game ``discrete`` with the credit ``rollouts``) against the straightforward implementation, which is
vectorised over the batch: for every end and every beginning it reads the beginning again, draws what follows with
``torch.multinomial``, and has the critic judge the 64 texts. Both draw from the same distribution (a chi-square test on
tokens after a fixed beginning is printed), and the critic's rewards are those of the convolution to 1e-6.
"""

from __future__ import annotations

import argparse
import json
from functools import partial
from typing import Any

import torch
from scipy.stats import chi2_contingency
from timing import interleave, ratio, show
from torch import Tensor

from gansuite.credit.rollouts import Rollouts
from gansuite.engine.rng import Rng
from gansuite.estimators.reinforce import Reinforce
from gansuite.games.discrete import Discrete
from gansuite.games.game import Draw
from gansuite.games.networks import Networks
from gansuite.objectives.non_saturating import NonSaturating
from gansuite.priors.none import NoLatent
from gansuite.rewards.of_scores import Probability
from gansuite_text.networks.convolutional import Convolutional
from gansuite_text.networks.recurrent import Recurrent
from gansuite_text.spec import TextSpec

BATCH, LENGTH, ENDS, VOCABULARY = 64, 20, 16, 5000
NO_LATENT = torch.empty(BATCH, 0)


def networks() -> tuple[Recurrent, Convolutional]:
    """The players of the oracle task."""
    spec = TextSpec(VOCABULARY, LENGTH, end=None)
    torch.manual_seed(0)
    return Recurrent(spec, NoLatent(spec), initial=0.1), Convolutional(spec)


def ours(generator: Recurrent, critic: Convolutional) -> Any:
    """An update by the game."""
    spec = generator.spec
    nets = Networks.fixed({"generator": generator, "critic": critic}, spec, NoLatent(spec))
    credit, reward = Rollouts(n=ENDS, baseline="none"), Probability()
    game = Discrete(
        nets, NoLatent(spec), spec.space, objective=NonSaturating(), reward=reward, credit=credit,
        estimator=Reinforce(baseline="none"),
    )  # fmt: skip
    optimizer = torch.optim.Adam(generator.parameters(), lr=1e-2)
    draw = Draw({"prior": NO_LATENT}, partial(Rng, 0, "generator", index=0))

    def step() -> None:
        critic.requires_grad_(False)
        optimizer.zero_grad()
        game("generator", draw).value.backward()
        torch.nn.utils.clip_grad_norm_(generator.parameters(), 5.0)
        optimizer.step()

    return step


def drawn(generator: Recurrent, given: Tensor) -> Tensor:
    """Texts that begin with ``given``, the beginning read again, every further token from ``torch.multinomial``."""
    state, tokens = generator.begin(NO_LATENT, None), []
    for t in range(LENGTH):
        chosen = given[:, t] if t < given.shape[1] else torch.multinomial(generator.scores(state).softmax(-1), 1)[:, 0]
        tokens.append(chosen)
        state = generator.step(chosen, state)
    return torch.stack(tokens, 1)


def straightforward(generator: Recurrent, critic: Convolutional) -> Any:
    """An update as the published implementations make it, batch by batch."""
    optimizer = torch.optim.Adam(generator.parameters(), lr=1e-2)

    def step() -> None:
        critic.requires_grad_(False)
        with torch.no_grad():
            x = drawn(generator, torch.empty(BATCH, 0, dtype=torch.int64))
            q = torch.zeros(BATCH, LENGTH)
            for _ in range(ENDS):
                for begun in range(1, LENGTH):
                    q[:, begun - 1] += critic(drawn(generator, x[:, :begun])).sigmoid() / ENDS
            q[:, -1] = critic(x).sigmoid()
        optimizer.zero_grad()
        log_prob = generator.logits(x, NO_LATENT).log_softmax(-1).gather(2, x.unsqueeze(2)).squeeze(2)
        (-(log_prob * q).sum(1).mean()).backward()
        torch.nn.utils.clip_grad_norm_(generator.parameters(), 5.0)
        optimizer.step()

    return step


@torch.no_grad()
def same_distribution(rows: int = 200) -> dict[str, float]:
    """Chi-square of the token after one beginning, ours against multinomial's; a generator with few likely tokens."""
    generator = networks()[0]
    generator.out.weight.mul_(30.0)
    start = torch.zeros(BATCH, 3, dtype=torch.int64)
    theirs = torch.cat([drawn(generator, start)[:, 3] for _ in range(rows)])
    own = torch.cat([generator.sample(NO_LATENT, None, Rng(1, "x", index=i), prefix=start)[:, 3] for i in range(rows)])
    counts = torch.stack([torch.bincount(each, minlength=VOCABULARY) for each in (own, theirs)])
    usual = counts.sum(0) >= 20
    table = torch.cat([counts[:, usual], counts[:, ~usual].sum(1, keepdim=True)], 1)
    found = chi2_contingency(table[:, table.sum(0) > 0].numpy())
    return {"p": float(found.pvalue), "degrees": int(found.dof), "draws": rows * BATCH}


@torch.no_grad()
def same_rewards() -> float:
    """The largest difference between rewards looked up and rewards convolved, over 4,000 texts."""
    critic = networks()[1]
    x = torch.randint(0, VOCABULARY, (4000, LENGTH), generator=torch.Generator().manual_seed(0))
    assert critic.looks_up(x)
    convolved = torch.cat([critic(part) for part in x.split(BATCH)])
    return float((critic(x).sigmoid() - convolved.sigmoid()).abs().max())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    seconds = interleave({"ours": ours(*networks()), "plain": straightforward(*networks())}, arguments.rounds, warmup=1)
    found: dict[str, Any] = {
        "plain_over_ours": ratio(seconds["plain"], seconds["ours"]),
        "rewards_apart": same_rewards(),
        "same_distribution": same_distribution(),
    }
    if arguments.json:
        print(json.dumps(found))
        return
    show(seconds)
    for name, value in found.items():
        print(f"{name}: {value}")


if __name__ == "__main__":
    main()
