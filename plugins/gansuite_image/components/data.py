"""Datasets of pictures, and what may be done to them."""

from __future__ import annotations

from gansuite.plugins import Component

COMPONENTS: tuple[Component, ...] = (
    Component(
        "dataset",
        "digits",
        "gansuite_image.data.digits:Digits",
        "scikit-learn's handwritten digits, 8 x 8",
        requires=("sklearn",),
        extra="image",
        reference="alpaydin1998optical",
    ),
    Component(
        "dataset",
        "folder",
        "gansuite_image.data.folder:Folder",
        "any folder tree of png, jpg, webp, tif, gif or bmp files",
        requires=("PIL",),
        extra="image",
    ),
    Component(
        "dataset",
        "mnist",
        "gansuite_image.data.mnist:Mnist",
        "idx files of MNIST, Fashion-MNIST, KMNIST or EMNIST",
        reference="lecun1998gradient",
    ),
    Component(
        "dataset",
        "npz",
        "gansuite_image.data.npz:Npz",
        "arrays of pictures in an npz file",
    ),
    Component(
        "dataset",
        "hugging-face",
        "gansuite_image.data.hugging_face:HuggingFace",
        "a folder that datasets.save_to_disk wrote, or Parquet files",
        requires=("PIL", "pyarrow"),
        extra="image,hugging-face",
    ),
    Component(
        "dataset",
        "side-by-side",
        "gansuite_image.data.side_by_side:SideBySide",
        "pairs in one file, left and right, as pix2pix has them",
        requires=("PIL",),
        extra="image",
        reference="isola2017image",
    ),
    Component("augmentation", "noise", "gansuite_image.augmentations.noise:Noise", "noise on every pixel"),
    Component("augmentation", "flip", "gansuite_image.augmentations.flip:Flip", "mirror images"),
    Component("augmentation", "shift", "gansuite_image.augmentations.shift:Shift", "moved by whole pixels"),
    Component(
        "augmentation",
        "rotate",
        "gansuite_image.augmentations.rotate:Rotate",
        "turned about the middle, quarter turns exactly",
    ),
    Component("augmentation", "crop", "gansuite_image.augmentations.crop:Crop", "a part, enlarged"),
    Component("augmentation", "thicken", "gansuite_image.augmentations.thicken:Thicken", "bolder or thinner strokes"),
    Component("augmentation", "blur", "gansuite_image.augmentations.blur:Blur", "out of focus"),
    Component(
        "augmentation",
        "mask",
        "gansuite_image.augmentations.mask:Mask",
        "a hole, to be filled in",
        reference="pathak2016context",
    ),
    Component(
        "augmentation", "shrink", "gansuite_image.augmentations.shrink:Shrink", "fewer pixels, for super-resolution"
    ),
    Component("augmentation", "levels", "gansuite_image.augmentations.levels:Levels", "a one-hot map of grey levels"),
    Component("augmentation", "negative", "gansuite_image.augmentations.negative:Negative", "black for white"),
    Component(
        "augmentation",
        "contrast",
        "gansuite_image.augmentations.contrast:Contrast",
        "stronger or weaker contrast, lighter or darker",
    ),
)
