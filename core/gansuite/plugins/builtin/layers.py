"""Building blocks of networks."""

from __future__ import annotations

from gansuite.plugins.component import Component

COMPONENTS: tuple[Component, ...] = (
    Component(
        "layer",
        "spectral-norm",
        "gansuite.layers.spectral_normalisation:SpectralNorm",
        "linear layer or convolution of a given spectral norm",
        reference="miyato2018spectral",
    ),
    Component(
        "layer",
        "pixel-norm",
        "gansuite.layers.pixel_norm:PixelNorm",
        "scales the channels of each place to mean square one",
        reference="karras2018progressive",
    ),
    Component(
        "layer",
        "equalised-linear",
        "gansuite.layers.equalised:EqualisedLinear",
        "linear layer whose weights all learn at the same speed",
        reference="karras2018progressive",
    ),
    Component(
        "layer",
        "equalised-convolution",
        "gansuite.layers.equalised:EqualisedConvolution",
        "convolution whose weights all learn at the same speed",
        reference="karras2018progressive",
    ),
    Component(
        "layer",
        "minibatch-discrimination",
        "gansuite.layers.minibatch_discrimination:MinibatchDiscrimination",
        "appends how close each sample is to the rest of its batch",
        reference="salimans2016improved",
    ),
    Component(
        "layer",
        "minibatch-stddev",
        "gansuite.layers.minibatch_stddev:MinibatchStddev",
        "appends the mean standard deviation within groups of the batch",
        reference="karras2018progressive",
    ),
    Component(
        "layer",
        "virtual-batch-norm",
        "gansuite.layers.virtual_batch_norm:VirtualBatchNorm",
        "normalises each sample with a fixed reference batch and itself",
        reference="salimans2016improved",
    ),
    Component(
        "layer",
        "conditional-batch-norm",
        "gansuite.layers.conditional_batch_norm:ConditionalBatchNorm",
        "batch normalisation whose scale and shift are linear in a code",
        reference="brock2019large",
    ),
    Component(
        "layer",
        "conditional-instance-norm",
        "gansuite.layers.conditional_instance_norm:ConditionalInstanceNorm",
        "instance normalisation with a scale and a shift for each label",
        reference="dumoulin2017learned",
    ),
    Component(
        "layer",
        "adaptive-instance-norm",
        "gansuite.layers.adaptive_instance_norm:AdaptiveInstanceNorm",
        "instance normalisation whose moments come from a style",
        reference="huang2017arbitrary",
    ),
    Component(
        "layer",
        "spade",
        "gansuite.layers.spade:Spade",
        "normalisation with a scale and a shift for each place, read off a map",
        reference="park2019semantic",
    ),
    Component(
        "layer",
        "self-attention",
        "gansuite.layers.self_attention:SelfAttention",
        "lets every place of a sample look at every other",
        reference="zhang2019self",
    ),
    Component(
        "layer",
        "projection-head",
        "gansuite.layers.projection_head:ProjectionHead",
        "scores features together with a label by an inner product",
        reference="miyato2018cgans",
    ),
    Component(
        "layer",
        "maxout",
        "gansuite.layers.maxout:Maxout",
        "the largest of several affine maps",
        reference="goodfellow2013maxout",
    ),
    Component(
        "layer",
        "equivariant-linear",
        "gansuite.layers.equivariant_linear:EquivariantLinear",
        "linear layer on a set: reordered samples give reordered outputs",
        reference="lucas2018mixed",
    ),
)
