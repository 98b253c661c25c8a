"""What the usual kinds of access mean, by the codes and names under which venues keep them: `meaning_of`."""

from generator.catalogues import N_

_MEANINGS = {
    (
        "ad", "audio described", "audio description",
        "sain ddisgrifiad", "sain-ddisgrifiad", "disgrifiad sain", "audiodescription", "audio-description",
    ): N_(
        "A describer tells through a headset what is seen on the stage, for people who are blind or partially sighted."
    ),
    ("tt", "touch tour", "taith gyffwrdd", "visite tactile"): N_(
        "Before the performance, the set and the costumes can be felt and explored by touch."
    ),
    (
        "bsl", "bsl interpreted", "sign language interpreted", "sign language", "isl", "isl interpreted",
        "dehongliad bsl", "dehongliad iaith arwyddion prydain", "iaith arwyddion prydain", "iaith arwyddion",
        "lsf", "langue des signes", "interprété en lsf", "traduit en lsf",
    ): N_("An interpreter at the side of the stage signs all that is said and sung, for people who are deaf."),
    ("cap", "captioned", "captions", "capsiynau", "perfformiad â chapsiynau", "surtitré", "surtitrage"): N_(
        "The words are shown on a screen as they are spoken or sung, with sounds and who is speaking."
    ),
    (
        "rel", "relaxed", "relaxed performance",
        "hamddenol", "perfformiad hamddenol", "relax", "séance relax", "représentation relax",
    ): N_("Light and sound are softened, and everyone may move, make a noise, go out and come back."),
    (
        "df", "dementia friendly", "dementia-friendly", "dementia gyfeillgar", "dementia-gyfeillgar",
        "perfformiad dementia gyfeillgar",
    ): N_(
        "A gentler performance with more time, clear signs and trained staff, for people who live with dementia."
    ),
}  # fmt: skip
_BY_NAME = {name: meaning for names, meaning in _MEANINGS.items() for name in names}


def meaning_of(name: str) -> str:
    """The message that says what a kind of access means; "" for one that is not usual."""
    return _BY_NAME.get(name.casefold(), "")
