"""Pieces of memory: what forbids stores reaches all that stands for them, once."""

from s2sad.frontend.lower.roots import Root


def exchanged_often(link: str, times: int = 60) -> list[Root]:
    """Pairs of pieces, each made of both before it by ``link``: 2**times ways from the first to the last."""
    pairs = [(Root("p"), Root("q"))]
    for _ in range(times):
        new = (Root("p"), Root("q"))
        before, after = (pairs[-1], new) if link == "heirs" else (new, pairs[-1])
        for root in before:
            setattr(root, link, after)
        pairs.append(new)
    return [root for pair in pairs for root in pair]


def test_what_takes_a_place_inherits_what_is_forbidden():
    roots = exchanged_often("heirs")
    roots[0].freeze("it is an item of a list")
    assert [root.frozen for root in roots if root is not roots[1]] == ["it is an item of a list"] * (len(roots) - 1)
    assert roots[1].frozen is None
    assert len(list(roots[0].lineage())) == len(roots) - 1


def test_the_first_reason_stays():
    first, heir = Root("p"), Root("p1")
    first.heirs = (heir,)
    heir.freeze("one")
    first.freeze("another")
    assert (first.frozen, heir.frozen) == ("another", "one")


def test_copies_of_copies():
    roots = exchanged_often("copies")
    assert set(roots[-1].originals()) == set(roots[:-2])
