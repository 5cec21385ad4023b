"""The hub: tables, definitions, builder, losses.  Needs numpy and nothing else."""

from annotools.model.builder import DatasetBuilder
from annotools.model.codes import (
    CUBOID,
    ELLIPSE,
    MASK,
    POINTS,
    POLYGON,
    POLYLINE,
    RECTANGLE,
    SKELETON,
    Owner,
    ShapeType,
    Source,
)
from annotools.model.dataset import Dataset
from annotools.model.definitions import AttributeSpec, Job, Label, Labels, Task
from annotools.model.fitting import fit, survives
from annotools.model.frames import Frames
from annotools.model.joining import concat
from annotools.model.keeps import Condition, Keeps
from annotools.model.losses import Loss, Losses
from annotools.model.rounding import Px, Share
from annotools.model.tables import Attributes, Intervals, Shapes, Tags, Tracks

__all__ = [
    "CUBOID",
    "ELLIPSE",
    "MASK",
    "POINTS",
    "POLYGON",
    "POLYLINE",
    "RECTANGLE",
    "SKELETON",
    "AttributeSpec",
    "Attributes",
    "Condition",
    "Dataset",
    "DatasetBuilder",
    "Frames",
    "Intervals",
    "Job",
    "Keeps",
    "Label",
    "Labels",
    "Loss",
    "Losses",
    "Owner",
    "Px",
    "ShapeType",
    "Shapes",
    "Share",
    "Source",
    "Tags",
    "Task",
    "Tracks",
    "concat",
    "fit",
    "survives",
]
