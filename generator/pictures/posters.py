"""The compositions of the artwork: things of the theatre in plain shapes, each with a few turns that dice decide.

`POSTERS` is the door: each paints an easel, whose ground is there already, in the colours of a palette.
"""

import math
from collections.abc import Callable

from generator.pictures.easel import HEIGHT, WIDTH, Colour, Dice, Easel, Palette, Point, mixed

Poster = Callable[[Easel, Palette, Dice], None]


def _spotlights(easel: Easel, colours: Palette, dice: Dice) -> None:
    """Lamps that find one figure on a stage."""
    middle = 470 + 130 * dice.throw(3)
    easel.box(0, 630, WIDTH, HEIGHT, colours.dusk)
    lamps = ((middle - 440, colours.strong), (middle + 440, colours.warm), (middle, colours.light))
    for lamp, colour in lamps[: 2 + dice.throw(2)]:
        beam = ((lamp - 26, -10), (lamp + 26, -10), (middle + 190, 696), (middle - 190, 696))
        easel.light(beam, colour, 0.62)
    easel.oval(middle, 696, 190, 44, colours.light)
    _figure(easel, middle, 700, 210, colours.ground)


def _figure(easel: Easel, x: float, foot: float, height: float, colour: Colour) -> None:
    """Somebody: shoulders and a head."""
    wide = height * 0.17
    easel.disc(x, foot - height * 0.5, wide, colour)
    easel.box(x - wide, foot - height * 0.5, x + wide, foot, colour)
    easel.disc(x, foot - height * 0.84, height * 0.13, colour)


def _stairs(easel: Easel, colours: Palette, dice: Dice) -> None:
    """A moon, and stairs that lead up to it."""
    easel.disc(400, 330, 240, colours.light)
    if dice.throw(2):
        easel.disc(490, 285, 200, colours.ground)
    steps = 6 + dice.throw(2)
    wide, high = 1000 / steps, 660 / steps
    for step in range(steps):
        colour = (colours.strong, colours.warm)[step % 2]
        easel.box(WIDTH - wide * (steps - step), HEIGHT - high * (step + 1), WIDTH, HEIGHT, colour)
    on = 1 + dice.throw(3)
    easel.disc(WIDTH - wide * (steps - on - 0.5), HEIGHT - high * (on + 1) - 46, 46, colours.light)


def _curtain(easel: Easel, colours: Palette, dice: Dice) -> None:
    """A curtain that opens on something round."""
    easel.disc(600, (500, 640)[dice.throw(2)], 230, colours.light)
    easel.box(0, 640, WIDTH, HEIGHT, colours.warm)
    reach = 470 + 40 * dice.throw(3)
    for fold in range(7, 0, -1):
        colour = colours.strong if fold % 2 else colours.dusk
        edge = [(reach * fold / 7 * _drape(y / HEIGHT), float(y)) for y in range(0, HEIGHT + 1, 10)]
        easel.shape(((0, 0), *edge, (0, HEIGHT)), colour)
        easel.shape(((WIDTH, 0), *((WIDTH - x, y) for x, y in edge), (WIDTH, HEIGHT)), colour)
    for swag in range(9):
        easel.slice(150 * swag, 0, 84, 0, 180, colours.warm if swag % 2 else colours.strong)
    easel.box(0, -2, WIDTH, 22, colours.warm)


def _drape(down: float) -> float:
    """How far a curtain reaches at a height: most at the top, least where it is tied, a little more at the floor."""
    tied = 0.64
    if down < tied:
        return 0.34 + 0.66 * math.pow(math.cos(down / tied * math.pi / 2), 1.3)
    return 0.34 + 0.16 * math.sin((down - tied) / (1 - tied) * math.pi / 2)


def _tiles(easel: Easel, colours: Palette, dice: Dice) -> None:
    """Six bold tiles."""
    grounds = (colours.ground, colours.strong, colours.warm, colours.shade, colours.light, colours.dusk)
    tops = (colours.light, colours.ground, colours.ground, colours.warm, colours.strong, colours.light)
    tiles = (_quarter, _rings, _halves, _ball, _steps, _eye)
    colouring = dice.order(6)
    for place, number in enumerate(dice.order(6)):
        x, y = 400 * (place % 3), 400 * (place // 3)
        ground, top = grounds[colouring[place]], tops[colouring[place]]
        easel.box(x, y, x + 400, y + 400, ground)
        tiles[number](easel, x, y, ground, top)


def _quarter(easel: Easel, x: float, y: float, ground: Colour, top: Colour) -> None:
    easel.slice(x, y, 400, 0, 90, top)
    easel.slice(x, y, 200, 0, 90, ground)


def _rings(easel: Easel, x: float, y: float, ground: Colour, top: Colour) -> None:
    for ring in range(5, 0, -1):
        easel.slice(x + 400, y + 400, 80 * ring, 180, 270, top if ring % 2 else ground)


def _halves(easel: Easel, x: float, y: float, ground: Colour, top: Colour) -> None:
    easel.slice(x + 200, y, 200, 0, 180, top)
    easel.slice(x + 200, y + 200, 200, 0, 180, top)


def _ball(easel: Easel, x: float, y: float, ground: Colour, top: Colour) -> None:
    easel.disc(x + 200, y + 200, 150, top)


def _steps(easel: Easel, x: float, y: float, ground: Colour, top: Colour) -> None:
    for step in range(4):
        easel.box(x + 100 * step, y + 300 - 100 * step, x + 400, y + 400, top)


def _eye(easel: Easel, x: float, y: float, ground: Colour, top: Colour) -> None:
    easel.slice(x + 200, y + 200, 200, 180, 360, top)
    easel.slice(x + 200, y + 200, 100, 180, 360, ground)
    easel.box(x, y + 200, x + 400, y + 400, mixed(ground, top, 0.25))


def _auditorium(easel: Easel, colours: Palette, dice: Dice) -> None:
    """Rows of seats around a stage, and one that is taken."""
    rows = [(row, 300 + 92 * row, 9 + 3 * row) for row in range(6)]
    taken = 1 + dice.throw(3)
    for row, radius, seats in rows:
        chosen = 2 + dice.throw(seats - 4) if row == taken else -1
        for seat in range(seats):
            angle = math.radians(186 + 168 * seat / (seats - 1))
            colour = (colours.strong, colours.dusk)[row % 2] if seat != chosen else colours.light
            x, y = 600 + radius * math.cos(angle), 850 + radius * math.sin(angle)
            easel.disc(x, y, 31 if seat != chosen else 37, colour)
    easel.disc(600, 850, 210, colours.warm)
    easel.disc(600, 850, 96, colours.light)


def _eclipse(easel: Easel, colours: Palette, dice: Dice) -> None:
    """A circle whose halves have slid apart, each with something of the other."""
    slide, small = 70 + 35 * dice.throw(3), 120 + 30 * dice.throw(2)
    easel.slice(596, 400 - slide, 310, 90, 270, colours.strong)
    easel.slice(604, 400 + slide, 310, 270, 90, colours.warm)
    easel.slice(596, 400 - slide, small, 90, 270, colours.ground)
    easel.slice(604, 400 + slide, small, 270, 90, colours.ground)
    easel.slice(604, 400 - slide, small, 270, 90, colours.light)
    easel.slice(596, 400 + slide, small, 90, 270, colours.light)


def _sea(easel: Easel, colours: Palette, dice: Dice) -> None:
    """Waves of painted cloth, and a sun behind them."""
    easel.disc(300 + 300 * dice.throw(3), 330, 220, colours.light)
    for row in range(5):
        y, shift = 520 + 92 * row, 100 * (row % 2)
        for wave in range(-1, 8):
            x = 200 * wave + shift
            outer, inner = ((colours.strong, colours.warm), (colours.dusk, colours.light))[row % 2]
            for ring, colour in enumerate((outer, colours.ground, inner, colours.ground)):
                easel.disc(x, y + 30, 116 - 30 * ring, colour)


def _rays(easel: Easel, colours: Palette, dice: Dice) -> None:
    """A sun, or a ring: something comes on, and everything points at it."""
    x, y = ((600, 560), (340, 560), (600, 800))[dice.throw(3)]
    rays = 15
    for ray in range(rays):
        first = -90 + 360 / rays * (ray - 0.25)
        easel.slice(x, y, 1400, first, first + 180 / rays, colours.strong)
    for radius, colour in ((300, colours.ground), (262, colours.light), (180, colours.warm), (92, colours.ground)):
        easel.disc(x, y, radius, colour)
    easel.box(0, 690, WIDTH, HEIGHT, colours.ground)
    easel.box(0, 690, WIDTH, 712, colours.light)


def _proscenium(easel: Easel, colours: Palette, dice: Dice) -> None:
    """Arch in arch, and somebody at the end of them."""
    middle = (600, 460)[dice.throw(2)]
    arches = (colours.strong, colours.warm, colours.dusk, colours.light, colours.ground)
    for arch, colour in enumerate(arches):
        half, top = 420 - 72 * arch, 500 + 20 * arch
        easel.disc(middle, top, half, colour)
        easel.box(middle - half, top, middle + half, HEIGHT, colour)
    easel.box(0, 724, WIDTH, HEIGHT, colours.ground)
    _figure(easel, middle, 724, 176, colours.light)


def _chorus(easel: Easel, colours: Palette, dice: Dice) -> None:
    """A row of people of many heights, who sing."""
    inks = (colours.strong, colours.warm, colours.light, colours.dusk)
    start, beat = dice.throw(4), (2, 3)[dice.throw(2)]
    for place in range(8):
        shoulders = 330 + 150 * math.sin((place + start) * math.pi / beat * 0.9)
        x, colour = 75 + 150 * place, inks[(place * beat + start) % 4]
        easel.disc(x, shoulders + 75, 75, colour)
        easel.box(x - 75, shoulders + 75, x + 75, HEIGHT, colour)
        easel.disc(x, shoulders - 62, 52, colour)


def _ribbons(easel: Easel, colours: Palette, dice: Dice) -> None:
    """Five lines in one long swing, with a few round notes on them."""
    swing, phase = 120 + 20 * dice.throw(3), dice.throw(4) * math.pi / 2
    inks = (colours.strong, colours.warm, colours.light, colours.warm, colours.strong)

    def height(x: float, line: int) -> float:
        return 400 + (line - 2) * 96 + swing * math.sin(x / WIDTH * 2 * math.pi + phase)

    for line, ink in enumerate(inks):
        upper: list[Point] = [(float(x), height(x, line) - 29) for x in range(0, WIDTH + 1, 6)]
        easel.shape((*upper, *((x, y + 58) for x, y in reversed(upper))), ink)
    for note, x in enumerate((230, 560, 930)):
        line = (dice.throw(5) + note) % 5
        easel.disc(x, height(x, line), 84, colours.ground)
        easel.disc(x, height(x, line), 62, colours.light)


def _moonrise(easel: Easel, colours: Palette, dice: Dice) -> None:
    """A moon over water, and its way to us."""
    middle = (600, 420, 780)[dice.throw(3)]
    easel.disc(middle, 330, 210, colours.light)
    easel.box(0, 430, WIDTH, HEIGHT, colours.strong)
    for bar, half in enumerate((176, 120, 208, 90, 150, 60)):
        y = 452 + 56 * bar
        for end in (-half, half):
            easel.disc(middle + end, y + 15, 15, colours.light)
        easel.box(middle - half, y, middle + half, y + 30, colours.light)
    hill = (-80, 1280)[dice.throw(2)]
    easel.disc(hill, 1010, 470, colours.ground)
    easel.disc(WIDTH - hill, 1090, 420, colours.dusk)


def _masks(easel: Easel, colours: Palette, dice: Dice) -> None:
    """One mask that laughs and weeps."""
    weeps = dice.throw(2)
    halves = ((300, 600, 90, colours.strong, colours.light), (600, 900, 270, colours.warm, colours.ground))
    for half, (left, right, turn, face, feature) in enumerate(halves):
        easel.box(left, 80, right, 430, face)
        easel.slice(600, 430, 300, turn, turn + 180, face)
        middle = (left + right) / 2
        if half == weeps:
            easel.slice(middle, 270, 80, 0, 180, feature)
            easel.slice(600, 620, 130, 180 if turn == 90 else 270, 270 if turn == 90 else 360, feature)
        else:
            easel.slice(middle, 340, 80, 180, 360, feature)
            easel.slice(600, 490, 130, 90 if turn == 90 else 0, 180 if turn == 90 else 90, feature)


def _festoon(easel: Easel, colours: Palette, dice: Dice) -> None:
    """Lamps on long wires, for an evening in the open."""
    inks = (colours.light, colours.warm, colours.strong)
    for wire, lamps in enumerate((5, 6, 7)):
        left, right = 60 + 190 * wire + 40 * dice.throw(2), 180 + 170 * wire
        points = [(float(x), left + (right - left) * x / WIDTH + _sag(x / WIDTH)) for x in range(0, WIDTH + 1, 10)]
        easel.shape(
            (*((px, py - 4) for px, py in points), *((px, py + 4) for px, py in reversed(points))), colours.dusk
        )
        for lamp in range(lamps):
            px, py = points[round((lamp + 0.5) / lamps * (len(points) - 1))]
            easel.box(px - 14, py - 4, px + 14, py + 26, colours.dusk)
            easel.disc(px, py + 72, 54, inks[(lamp + wire) % 3])


def _sag(along: float) -> float:
    """How far a wire hangs down at a part of its length."""
    return 520 * along * (1 - along)


POSTERS: tuple[Poster, ...] = (
    _spotlights, _stairs, _curtain, _tiles, _auditorium, _eclipse, _sea, _rays, _proscenium, _chorus, _ribbons,
    _moonrise, _masks, _festoon,
)  # fmt: skip
