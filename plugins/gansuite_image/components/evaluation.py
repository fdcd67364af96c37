"""Extractors and metrics of pictures."""

from __future__ import annotations

from gansuite.plugins import Component

COMPONENTS: tuple[Component, ...] = (
    Component(
        "extractor",
        "random-cnn",
        "gansuite_image.metrics.random_cnn:RandomCNN",
        "features of a seeded random network: no weights to fetch",
    ),
    Component(
        "extractor",
        "image-classifier",
        "gansuite_image.metrics.image_classifier:ImageClassifier",
        "a convolutional classifier trained once on the labelled pictures: hidden units or class probabilities",
        reference="devries2017improved",
    ),
    Component(
        "extractor",
        "network",
        "gansuite_image.metrics.network:Network",
        "a network of your own, such as Inception, from a file, with its preparation of pictures",
        reference="parmar2022aliased",
    ),
)
