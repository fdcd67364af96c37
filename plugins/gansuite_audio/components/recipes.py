"""Recipes of sounds."""

from __future__ import annotations

from gansuite.plugins import Component


def recipe(name: str, summary: str, reference: str, folder: str = "audio/") -> Component:
    return Component("recipe", name, f"gansuite:{folder}{name}.toml", summary, reference=reference)


COMPONENTS: tuple[Component, ...] = (
    recipe("wavegan", "WaveGAN on recorded percussion, in minutes on two cores", "donahue2019adversarial", ""),
    recipe("wavegan-digits", "WaveGAN on spoken digits rendered by eSpeak NG", "donahue2019adversarial", ""),
    recipe("wavegan-sc09", "WaveGAN as published, on SC09 in a folder of your own", "donahue2019adversarial", ""),
    recipe("wavegan-long", "WaveGAN on 65,536 stereo samples at 44.1 kHz", "donahue2019adversarial", ""),
    recipe("specgan", "SpecGAN on recorded percussion", "donahue2019adversarial", ""),
    recipe("specgan-paper", "SpecGAN as published, on SC09 in a folder of your own", "donahue2019adversarial"),
    recipe("gansynth", "a small GANSynth on synthetic notes, by pitch", "engel2019gansynth", ""),
    recipe("gansynth-paper", "GANSynth as published, on NSynth in a folder of your own", "engel2019gansynth"),
    recipe("conditional-digits", "spectrograms of the spoken digit that is asked for", "odena2017conditional"),
    recipe("conditional-wavegan", "a WaveGAN that says a digit, told by the critic", "odena2017conditional"),
    recipe("conditional-wavegan-projection", "the same, the digit projected on features", "miyato2018cgans"),
    recipe("conditional-wavegan-concatenation", "the same, the digit beside each input", "mirza2014conditional"),
    recipe("infogan-wavegan", "a WaveGAN with a code that can be read back", "chen2016infogan"),
    recipe("hifigan", "a small HiFi-GAN vocoder on recorded percussion at 8 kHz", "kong2020hifigan"),
    recipe("hifigan-fsdd", "the same on the spoken digits of FSDD, in a folder of your own", "kong2020hifigan"),
    recipe("hifigan-paper", "HiFi-GAN V1 as published, on a folder of speech", "kong2020hifigan"),
    recipe("spoken-wavegan", "WaveGAN in a comparison on spoken digits", "donahue2019adversarial"),
    recipe("spoken-specgan", "SpecGAN in the same comparison", "donahue2019adversarial"),
    recipe("spoken-gansynth", "a small GANSynth in the same comparison", "engel2019gansynth"),
    recipe("spoken-mlp", "perceptrons in the same comparison", "goodfellow2014generative"),
    recipe("cyclegan-speakers", "one speaker's digits in another one's voice, without pairs", "zhu2017unpaired"),
    recipe("stargan-speakers", "digits of three speakers, in the voice that is asked for", "choi2018stargan"),
    recipe("pix2pix-speech", "noise taken off spoken digits, waveform to waveform", "isola2017image"),
    Component(
        "recipe",
        "cross-domain-audio",
        "gansuite:cross-domain/cross-domain-audio.toml",
        "WaveGAN on drums, in the comparison across domains",
    ),
)
