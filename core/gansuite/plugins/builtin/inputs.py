"""What a critic can be shown."""

from __future__ import annotations

from gansuite.plugins.component import Component

COMPONENTS: tuple[Component, ...] = (
    Component(
        "input",
        "instance-noise",
        "gansuite.inputs.instance_noise:InstanceNoise",
        "normal noise on what the critic is shown, less and less of it",
        reference="sonderby2017amortised",
    ),
    Component(
        "input",
        "label-smoothing",
        "gansuite.inputs.label_smoothing:LabelSmoothing",
        "the critic's targets are a little less than certain, on one side or both",
        reference="salimans2016improved",
    ),
    Component(
        "input",
        "label-flipping",
        "gansuite.inputs.label_flipping:LabelFlipping",
        "now and then the critic is told the wrong kind",
        reference="chintala2016how",
    ),
    Component(
        "input",
        "packing",
        "gansuite.inputs.packing:Packing",
        "the critic judges several samples of one origin together",
        reference="lin2018pacgan",
        aliases=("pacgan",),
    ),
    Component(
        "input",
        "batch-mixing",
        "gansuite.inputs.batch_mixing:BatchMixing",
        "real and generated samples in one batch, for critics that couple it",
        reference="lucas2018mixed",
    ),
    Component(
        "input",
        "adaptive-augmentation",
        "gansuite.inputs.adaptive_augmentation:AdaptiveAugmentation",
        "the critic sees augmented samples, more of them where it overfits",
        reference="karras2020training",
        aliases=("ada",),
    ),
)
