"""Classifiers that tell real from generated rows, trained on some folds of the rows and asked about others."""

from __future__ import annotations

from typing import Literal

import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor

from gansuite.metrics.statistics.neighbours import squared_distances

Kind = Literal["logistic", "mlp", "knn"]
RIDGE = 1e-2  # of the mean log-likelihood, in standardised features
STEPS = 200
HIDDEN, EPOCHS, RATE, DECAY = 32, 120, 1e-2, 1e-2


def round_robin(n: int, folds: int, generator: torch.Generator) -> tuple[Int64[Tensor, " n"], Bool[Tensor, "f n"]]:
    """The fold of each of n rows, by chance and of even sizes, and the rows that each fold's classifier is trained on.

    As in a tournament where each pair meets once: fold f is judged by a classifier of the (folds - 1) / 2 folds that
    follow it. Of two folds, never more than one has a part in judging the other, and so, for equal laws, their
    results are uncorrelated whatever the classifier. (With the usual "all other folds", two folds judge each other
    from the same differences, and the variance of the accuracy is up to twice the binomial.)
    """
    fold = torch.arange(n).remainder(folds)[torch.randperm(n, generator=generator)]
    ahead = (fold - torch.arange(folds)[:, None]).remainder(folds)
    return fold, (ahead > 0) & (ahead <= folds // 2)


def judged(
    x: Float[Tensor, "m d"],
    label: Float[Tensor, " m"],
    fold: Int64[Tensor, " m"],
    train: Bool[Tensor, "f m"],
    kind: Kind,
    generator: torch.Generator,
) -> Float[Tensor, " m"]:
    """Score of each row by the classifier of its fold, which never saw it: above 0 it is called generated.

    Args:
        x: rows of both kinds.
        label: 1 for a generated row, 0 for a real one.
        fold: of each row.
        train: rows that each fold's classifier is trained on.
        kind: "logistic", linear; "mlp", one hidden layer; "knn", the vote of the nearest.
        generator: of a network's first weights, on the host.
    """
    if kind == "knn":
        return votes(x, label, fold, train)
    x = (x - x.mean(0)) / x.std(0).clamp_min(1e-12 + 1e-9 * float(x.abs().max()))
    scores = logistic(x, label, train) if kind == "logistic" else network(x, label, train, generator)
    return scores[fold, torch.arange(len(x), device=x.device)]


def logistic(x: Float[Tensor, "m d"], label: Float[Tensor, " m"], train: Bool[Tensor, "f m"]) -> Float[Tensor, "f m"]:
    """Scores of ridge logistic regressions, one for each set of training rows.

    All at once by minorisation (Böhning & Lindsay 1988): the Hessian of each is at most XᵀX / 4 over all rows, so that
    Newton's steps with this one fixed matrix always climb; among its eigenvectors it is diagonal.
    """
    if x.shape[1] > len(x):
        values, vectors = torch.linalg.eigh(x @ x.T)
        x = vectors * values.clamp_min(0).sqrt()  # the span of the rows is all that a ridge solution can use
    else:
        x = x @ torch.linalg.eigh(x.T @ x).eigenvectors
    x = torch.cat([x, torch.ones_like(x[:, :1])], 1)
    mask = train.to(x.dtype) / train.sum(1, keepdim=True)
    curvature = x.square().sum(0) / 4 * mask.amax(1, keepdim=True) + RIDGE
    weight = x.new_zeros(len(mask), x.shape[1])
    for _ in range(STEPS):
        step = (((label - torch.sigmoid(weight @ x.T)) * mask) @ x - RIDGE * weight) / curvature
        weight = weight + step
        if float(step.abs().max()) < 1e-3 * float(weight.abs().max()):
            break
    return weight @ x.T


def network(
    x: Float[Tensor, "m d"], label: Float[Tensor, " m"], train: Bool[Tensor, "f m"], generator: torch.Generator
) -> Float[Tensor, "f m"]:
    """Scores of networks with one hidden layer, one for each set of training rows; Adam on all rows, with decay."""
    x, label, d = x.float(), label.float(), x.shape[1]
    mask = train.float() / train.sum(1, keepdim=True)
    first = torch.randn(len(train), d, HIDDEN, generator=generator) / d**0.5
    last = torch.randn(len(train), HIDDEN, 1, generator=generator) / HIDDEN**0.5
    bias = torch.rand(len(train), 1, HIDDEN, generator=generator) - 0.5
    weights = [w.to(x.device).requires_grad_() for w in (first, bias, last, torch.zeros(len(train), 1, 1))]
    optimiser = torch.optim.AdamW(weights, lr=RATE, weight_decay=DECAY)

    def scores() -> Tensor:
        return ((x @ weights[0] + weights[1]).relu() @ weights[2] + weights[3])[..., 0]

    with torch.enable_grad():
        for _ in range(EPOCHS):
            optimiser.zero_grad()
            found = scores()
            lost = torch.nn.functional.binary_cross_entropy_with_logits(
                found, label.expand_as(found), mask, reduction="sum"
            )
            lost.backward()
            optimiser.step()
    return scores().detach()


def votes(
    x: Float[Tensor, "m d"], label: Float[Tensor, " m"], fold: Int64[Tensor, " m"], train: Bool[Tensor, "f m"]
) -> Float[Tensor, " m"]:
    """Share of generated rows, less a half, among the k training rows nearest to each; k odd, near sqrt(m)."""
    score = x.new_empty(len(x))
    k = 2 * int((len(x) / len(train)) ** 0.5 / 2) + 1
    for f, rows in enumerate(train):
        at, of = (fold == f).nonzero()[:, 0], rows.nonzero()[:, 0]
        for part in at.split(max(1, (1 << 22) // len(of))):
            near = squared_distances(x[part], x[of]).topk(min(k, len(of)), largest=False).indices
            score[part] = label[of][near].mean(1) - 0.5
    return score
