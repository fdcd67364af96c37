"""Recipes of texts."""

from __future__ import annotations

from gansuite.plugins import Component


def recipe(name: str, summary: str, reference: str, folder: str = "text/") -> Component:
    return Component("recipe", name, f"gansuite:{folder}{name}.toml", summary, reference=reference)


COMPONENTS = (
    recipe("seqgan", "SeqGAN on definitions of WordNet, in ten minutes on two cores", "yu2017seqgan", ""),
    recipe("gumbel", "an LSTM's relaxed tokens, on definitions", "kusner2016gans"),
    recipe("relgan", "RelGAN, its temperature falling over the run as stated", "nie2019relgan"),
    recipe("relgan-published", "RelGAN, its temperature falling as in the authors' code", "nie2019relgan"),
    recipe("scratchgan", "ScratchGAN: no pre-training, a score for every token", "demasson2019training"),
    recipe("textgan", "TextGAN: features matched by a kernel", "zhang2017adversarial"),
    recipe("wgan-gp-text", "characters written all at once, a gradient penalty", "gulrajani2017improved"),
    recipe("transformer", "a transformer held to its pre-trained self, leave-one-out rewards", "ziegler2019fine"),
    recipe("transformer-ppo", "the same by clipped ratios", "schulman2017proximal"),
    recipe("cot", "cooperative training: a mediator in the critic's place", "lu2019cot"),
    recipe("rankgan", "RankGAN: rewards by rank among real texts", "lin2017adversarial"),
    recipe("maligan", "MaliGAN: texts weighted by the density ratio", "che2017maximum"),
    recipe("leakgan", "LeakGAN: the critic's features leak into the generator", "guo2018long"),
    recipe("maskgan", "MaskGAN: blanks of a text are filled", "fedus2018maskgan"),
    recipe("arae", "ARAE: a GAN of an autoencoder's codes", "zhao2018adversarially"),
    recipe("tilgan", "TILGAN: a GAN of a transformer's codes", "diao2021tilgan"),
    recipe("likelihood", "maximum likelihood on definitions: the twin of them all", "bengio2003neural"),
    recipe("seqgan-rollouts", "SeqGAN on definitions with the published roll-outs", "yu2017seqgan"),
    recipe("oracle-likelihood", "maximum likelihood on the synthetic task", "yu2017seqgan"),
    recipe("oracle-seqgan", "SeqGAN on its synthetic task, leave-one-out rewards", "yu2017seqgan"),
    recipe("oracle-seqgan-rollouts", "SeqGAN on its synthetic task as published", "yu2017seqgan"),
    recipe("oracle-control", "the same with a constant reward", "caccia2020language"),
    recipe("oracle-maligan", "MaliGAN on the synthetic task", "che2017maximum"),
    recipe("oracle-relgan", "RelGAN on the synthetic task", "nie2019relgan"),
    recipe("oracle-cot", "cooperative training on the synthetic task", "lu2019cot"),
    recipe("cyclegan-glosses", "definitions of persons rewritten as definitions of artifacts", "zhu2017unpaired"),
    Component(
        "recipe",
        "cross-domain-text",
        "gansuite:cross-domain/cross-domain-text.toml",
        "characters of definitions, in the comparison across domains",
    ),
)
