"""Writers of pictures, and their part of the report."""

from __future__ import annotations

from gansuite.plugins import Component

COMPONENTS: tuple[Component, ...] = (
    Component(
        "writer",
        "png",
        "gansuite_image.writers.png:PngWriter",
        "one file a sample: png, jpg or webp; ways as strips or films",
        requires=("PIL",),
        extra="image",
    ),
    Component(
        "writer",
        "grid",
        "gansuite_image.writers.grid:GridWriter",
        "all samples as one contact sheet",
        requires=("PIL",),
        extra="image",
    ),
    Component(
        "presenter",
        "pictures",
        "gansuite_image.presenter:ImagePresenter",
        "pictures enlarged crisply",
        requires=("PIL",),
        extra="image",
    ),
    Component(
        "panel",
        "image-samples",
        "gansuite_image.panels.samples:SamplesPanel",
        "samples beside what the critic looks at and their nearest training pictures",
    ),
    Component(
        "panel",
        "image-translations",
        "gansuite_image.panels.translations:TranslationsPanel",
        "held-out sources beside their translations and the right answers",
    ),
    Component(
        "panel",
        "image-steps",
        "gansuite_image.panels.progress:ProgressPanel",
        "pictures of the same latents step by step, on a slider and as a film",
    ),
    Component(
        "panel",
        "image-traversals",
        "gansuite_image.panels.traversals:TraversalsPanel",
        "pictures along the directions of the latent, and through its codes",
    ),
)
