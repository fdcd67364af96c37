"""The generator of LeakGAN: a manager that overhears the critic, and a worker that writes (Guo et al. 2018)."""

from __future__ import annotations

from typing import Annotated, Any, NamedTuple

import torch
from annotated_types import Gt
from jaxtyping import Float, Int64
from torch import Tensor, nn
from torch.nn.functional import cosine_similarity, normalize, pad

from gansuite.errors import UserError

from ..spec import TextSpec
from .autoregressive import Autoregressive, State
from .embedding import Embedding

ROWS = 2048
"""Beginnings whose features are computed at a time."""


class Leak:
    """What a leaky generator is given in the place of a prior: no latent, and the critic it may listen to.

    The critic is neither a part of the generator nor copied with it: it is the game's, and moves.
    """

    def __init__(self, size: int, critic: Any) -> None:
        self.size, self.critic = size, critic

    def __deepcopy__(self, memo: Any) -> Leak:
        return self


class Told(NamedTuple):
    """What was overheard and aimed at along a text of t tokens: f_0 .. f_t, g_0 .. g_(t-1), and the tokens' logits."""

    features: Float[Tensor, "n begun f"]
    goals: Float[Tensor, "n t f"]
    logits: Float[Tensor, "n t v"]


class Leaky(Autoregressive):
    """The critic's features f_b of the beginning x_1..b steer the next token by way of goals.

        manager: g_b = ĝ_b / ‖ĝ_b‖,  ĝ_b = A h_b,  h_b = LSTM(f_b, h_(b-1))           (the goal of the beginning b)
        w_b = W_ψ Σ_(i < c) g_(b-i)                                                  (the last c goals, embedded)
        worker: O_b = a matrix [v, k] that is affine in u_b = LSTM(E x_b, u_(b-1))
        p(x_(b+1) | x_1..b) = softmax(O_b w_b)

    The features of a beginning are those of the text with nothing behind it: ends, or token 0 where texts have none.
    The goals reach the worker as numbers: the manager is trained by where its goals lead (see the game ``leakgan``) and
    not by likelihood. There is no temperature, neither in training nor in sampling.

    Args:
        embedding: width of the tokens' vectors.
        hidden: units of the worker.
        manager: units of the manager.
        goal: k, numbers of an embedded goal.
        step: c, tokens that a goal looks ahead.

    Raises:
        UserError: the game has no critic to listen to, or there is a latent.

    Source: eq. 3-7; embedding = hidden = manager = 32, goal = 16 and step = 4 for the oracle task.
    """

    def __init__(
        self,
        spec: TextSpec,
        prior: Any,
        *,
        embedding: Annotated[int, Gt(0)] = 32,
        hidden: Annotated[int, Gt(0)] = 32,
        manager: Annotated[int, Gt(0)] = 32,
        goal: Annotated[int, Gt(0)] = 16,
        step: Annotated[int, Gt(0)] = 4,
    ) -> None:
        super().__init__(spec)
        if not isinstance(prior, Leak):
            raise UserError('the generator leaky listens to a critic: play it in [game] name = "leakgan"')
        if prior.size:
            raise UserError('the generator leaky reads no latent and no label: set [prior] name = "none"')
        self.leak, self.width, self.horizon = prior, int(prior.critic.width), step
        self.embedding, self.start = Embedding(spec.vocabulary, embedding), nn.Parameter(torch.zeros(embedding))
        self.manager, self.worker = (
            nn.LSTM(self.width, manager, batch_first=True),
            nn.LSTM(embedding, hidden, batch_first=True),
        )
        self.aim = nn.Linear(manager, self.width)
        self.squeeze = nn.Linear(self.width, goal, bias=False)
        nn.init.normal_(self.squeeze.weight)  # goals are of length one: so the numbers of w are about one
        self.out = nn.Linear(goal * (hidden + 1), spec.vocabulary, bias=False)

    def overheard(self, x: Int64[Tensor, "m t"]) -> Float[Tensor, "m f"]:
        """The critic's features of padded beginnings, without drop-out and without a graph."""
        with torch.no_grad():
            return torch.cat([self.leak.critic.features(rows, None).float() for rows in x.split(ROWS)])

    def beginnings(self, x: Int64[Tensor, "n t"]) -> Int64[Tensor, "n begun t"]:
        """The t + 1 beginnings of every text, nothing behind them."""
        t = x.shape[1]
        place = torch.arange(t + 1, device=x.device)
        return torch.where(place[:t] < place[:, None], x.unsqueeze(1), self.spec.end or 0)

    def told(self, x: Int64[Tensor, "n t"]) -> Told:
        """What is overheard, aimed at and offered along texts: goals have the manager's graph, logits the worker's."""
        n, t = x.shape
        features = self.overheard(self.beginnings(x).flatten(0, 1)).view(n, t + 1, -1)
        goals = normalize(self.aim(self.manager(features[:, :-1])[0]), dim=-1)
        total = pad(goals.detach().cumsum(1), (0, 0, self.horizon, 0))
        recent = total[:, self.horizon :] - total[:, : -self.horizon]
        written = torch.cat([self.start.expand(n, 1, -1), self.embedding(x[:, :-1])], 1)
        return Told(features, goals, self.offered(self.worker(written)[0], recent))

    def offered(self, u: Float[Tensor, "*places h"], recent: Float[Tensor, "*places f"]) -> Float[Tensor, "*places v"]:
        """O w: the product is taken in one, O_vj = Σ_h A_vjh u_h + B_vj, so that O itself is never laid out."""
        w, one = self.squeeze(recent), pad(u, (0, 1), value=1.0)
        return self.out((w.unsqueeze(-1) * one.unsqueeze(-2)).flatten(-2))

    def logits(self, x: Int64[Tensor, "n t"], z: Float[Tensor, "n z"], codes: Any = None) -> Float[Tensor, "n t v"]:
        return self.told(x).logits

    def begin(self, z: Float[Tensor, "n z"], codes: Any) -> State:
        n, nothing = len(z), self.spec.end or 0
        written = torch.full((n, self.spec.length), nothing, dtype=torch.int64, device=self.start.device)
        goals = self.start.new_zeros(n, self.horizon, self.width)
        rest = [
            self.start.new_zeros(n, 1, rnn.hidden_size)
            for rnn in (self.manager, self.manager, self.worker, self.worker)
        ]
        return self.read(self.start.expand(n, -1), (written, written[:, 0] * 0, goals, *rest))

    def step(self, token: Tensor, state: State) -> State:
        if token.is_floating_point():
            raise UserError(
                "estimator: the generator leaky shows its tokens to the critic as it writes; take reinforce"
            )
        written, place, *rest = state
        written = written.scatter(1, place.unsqueeze(1), token.unsqueeze(1))
        return self.read(self.embedding(token), (written, place + 1, *rest))

    def read(self, vector: Float[Tensor, "n e"], state: State) -> State:
        """The state after one more vector for the worker, and a fresh goal of what is written."""
        written, place, goals, h, c, u, v = state
        h, c = advanced(self.manager, self.overheard(written), h, c)
        goal = normalize(self.aim(h[:, 0]), dim=-1)
        goals = torch.cat([goals[:, 1:], goal.unsqueeze(1)], 1)
        return (written, place, goals, h, c, *advanced(self.worker, vector, u, v))

    def scores(self, state: State) -> Float[Tensor, "n v"]:
        goals, u = state[2], state[5]
        return self.offered(u[:, 0], goals.detach().sum(1))


def advanced(rnn: nn.LSTM, vector: Float[Tensor, "n e"], h: Tensor, c: Tensor) -> tuple[Tensor, Tensor]:
    """The two states [n, 1, units] of an LSTM after one more vector."""
    before = h.transpose(0, 1).contiguous(), c.transpose(0, 1).contiguous()
    _, (h, c) = rnn(vector.unsqueeze(1), before)
    return h.transpose(0, 1), c.transpose(0, 1)


def aimed(told: Told, step: int) -> Float[Tensor, "n t"]:
    """cos(f_(b+c) - f_b, g_b) of every goal: how straight the text went there (eq. 8), by its last token at most."""
    t = told.goals.shape[1]
    reached = (torch.arange(t, device=told.goals.device) + step).clamp_max(t)
    return cosine_similarity(told.features[:, reached] - told.features[:, :-1], told.goals, dim=-1)


def intrinsic(told: Told, step: int) -> Float[Tensor, "n t"]:
    """r_b = 1/c Σ_(i = 1..c) cos(f_b - f_(b-i), g_(b-i)) of the token that made the beginning b (eq. 10); no graph."""
    features, goals = told.features, told.goals.detach()
    t = goals.shape[1]
    total = torch.zeros_like(goals[..., 0])
    for i in range(1, min(step, t) + 1):
        moved = features[:, i:] - features[:, :-i]  # f_b - f_(b-i) for b = i .. t, whose goals are g_0 .. g_(t-i)
        total[:, i - 1 :] += cosine_similarity(moved, goals[:, : t + 1 - i], dim=-1)
    return total / step
