"""Extractors and metrics of texts, and the report's section."""

from __future__ import annotations

from gansuite.plugins import Component

COMPONENTS = (
    Component(
        "extractor",
        "ngrams",
        "gansuite_text.metrics.ngrams:NGrams",
        "hashed n-grams of tokens, weighted and projected: no weights to fetch",
    ),
    Component(
        "extractor",
        "sentence-encoder",
        "gansuite_text.metrics.sentence_encoder:SentenceEncoder",
        "a sentence encoder of the library transformers, from this machine's disk",
        requires=("transformers",),
        extra="text",
        reference="reimers2019sentence",
    ),
    Component(
        "presenter",
        "texts",
        "gansuite_text.presenter:TextPresenter",
        "a paragraph a text",
    ),
    Component(
        "panel",
        "text-samples",
        "gansuite_text.panels.samples:SamplesPanel",
        "texts beside their nearest training texts, and what repeats in them",
    ),
    Component(
        "metric",
        "bleu",
        "gansuite_text.metrics.bleu_metrics:Bleu",
        "n-grams of generated texts that stand in real ones",
        reference="papineni2002bleu",
    ),
    Component(
        "metric",
        "source-bleu",
        "gansuite_text.metrics.source_bleu:SourceBleu",
        "n-grams of translations that stand in their own sources",
        reference="papineni2002bleu",
    ),
    Component(
        "metric",
        "self-bleu",
        "gansuite_text.metrics.bleu_metrics:SelfBleu",
        "n-grams of generated texts that stand in each other",
        reference="zhu2018texygen",
    ),
    Component(
        "metric",
        "lm-score",
        "gansuite_text.metrics.language_models:LmScore",
        "generated texts under a language model of real ones",
        reference="caccia2020language",
    ),
    Component(
        "metric",
        "reverse-lm-score",
        "gansuite_text.metrics.language_models:ReverseLmScore",
        "real texts under a language model of generated ones",
        reference="caccia2020language",
    ),
    Component("metric", "distinct", "gansuite_text.metrics.distinct:Distinct", "share of n-grams that are new"),
    Component(
        "metric", "copies", "gansuite_text.metrics.copies:Copies", "share of texts that are training texts, or repeated"
    ),
    Component(
        "metric", "validity", "gansuite_text.metrics.validity:Validity", "share of sentences that the grammar accepts"
    ),
    Component(
        "metric",
        "nll-oracle",
        "gansuite_text.metrics.oracle:NllOracle",
        "generated texts under the law of the data",
        reference="yu2017seqgan",
    ),
)
