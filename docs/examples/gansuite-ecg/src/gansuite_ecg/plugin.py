"""What this plugin offers. Targets are strings, so that ``gansuite list`` imports no torch."""

from __future__ import annotations

from collections.abc import Iterable

from gansuite.plugins import Component, hookimpl


@hookimpl
def gansuite_components() -> Iterable[Component]:
    """Everything that a recipe can name, and one such recipe."""
    return (
        Component("dataset", "beats", "gansuite_ecg.beats:Beats", "synthetic heartbeats, one a sample"),
        Component("generator", "dense", "gansuite_ecg.networks:Generator", "two hidden layers from latent to beat"),
        Component("critic", "dense", "gansuite_ecg.networks:Critic", "two hidden layers from beat to score"),
        Component("extractor", "slopes", "gansuite_ecg.features:Slopes", "the beat and its differences"),
        Component("metric", "amplitude", "gansuite_ecg.amplitude:Amplitude", "difference of the mean height of beats"),
        Component("writer", "csv", "gansuite_ecg.writer:CsvWriter", "one column of millivolts a sample"),
        Component("presenter", "trace", "gansuite_ecg.presenter:Trace", "one line a beat"),
        Component("panel", "traces", "gansuite_ecg.panel:Traces", "samples drawn as lines"),
        Component("recipe", "ecg", "gansuite_ecg:ecg.toml", "a hinge GAN on heartbeats, in seconds"),
    )
