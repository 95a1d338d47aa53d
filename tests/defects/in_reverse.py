"""Defects in the reverse sweep: what is accumulated, cleared, saved, restored, recomputed, in which order."""

from s2sad.adjoint import accumulate, algebra, frames, saves
from s2sad.adjoint.frames import Frame
from s2sad.adjoint.reverse import _Attempt
from s2sad.adjoint.shadows import Shadows
from s2sad.adjoint.storage import Storage
from s2sad.adjoint.sweep import Sweep
from s2sad.adjoint.tapes import Tapes
from s2sad.analysis import activity
from tests.defects.detectors import Defect, cotangent, defect, random, stated, steering
from tests.support.mutation import Edit

DEFECTS: dict[str, Defect] = {
    "the second use of a value is dropped": defect(
        Edit(Frame.add, "algebra.add(self.b, now, contribution, v.hint + '_bar')", "contribution"),
        cotangent("logistic"),
    ),
    "the first use of a value is dropped": defect(
        Edit(Frame.add, "algebra.add(self.b, now, contribution, v.hint + '_bar')", "now"), cotangent("logistic")
    ),
    "strong zeros are left out": defect(
        Edit(algebra.pull, "rule.singular[k]", "False"), stated("where_with_shared_sqrt")
    ),
    "a template's select is negated": defect(
        Edit(
            algebra.Templates.times,
            "self.b.assign('select', test, *picked",
            "self.b.assign('select', test, *picked[::-1]",
        ),
        cotangent("selections"),
    ),
    "overwritten values are not restored": defect(
        Edit(Sweep.store, "if saved:", "if False:"), cotangent("overwrites_argument")
    ),
    "the new value is saved instead of the old": defect(
        Edit(Sweep._restore, "tapes.before.setdefault", "tapes.after.setdefault"),
        Edit(Sweep._restore, "tapes.before[id(stmt)]", "tapes.after[id(stmt)]"),
        cotangent("overwrites_argument"),
    ),
    "an index is read again after its own store": defect(
        Edit(Storage._intact, "writes[k][0] <= upto", "writes[k][0] < upto"), cotangent("indices_overwritten")
    ),
    "the shadow is not cleared by a store": defect(
        Edit(Sweep.store, "not self.shadows.untouched_before(stmt, frame.region)", "False"),
        cotangent("shadow_reset_by_store"),
    ),
    "the shadow is not cleared in loops": defect(
        Edit(Shadows.untouched_before, "any((r.kind != 'map' for r in chain))", "False"),
        cotangent("stored_again_in_a_later_trip"),
    ),
    "an earlier store of the element counts as none": defect(
        Edit(Shadows.untouched_before, "not touched", "True"), cotangent("element_stores")
    ),
    "the value that filled an array gets nothing": defect(
        Edit(Sweep.alloc, "frame.add(stmt.fill, total)", "pass"), cotangent("creators")
    ),
    "an output that is returned twice counts once": defect(
        Edit(
            _Attempt._plant, "n.Accumulate(shadow, (), seed.parameter, 'plain')", "n.Store(shadow, (), seed.parameter)"
        ),
        cotangent("same_array_twice"),
    ),
    "the start of a carried value gets nothing": defect(
        Edit(Sweep.loop, "frame.add(c.init, carry.outer)", "pass"), cotangent("logistic")
    ),
    "a loop is not reversed": defect(
        Edit(
            Sweep.loop,
            "n.ReverseLoop(index, start, stop, step, done, tuple(body.out), 'store', stmt.loc)",
            "n.For(index, start, stop, step, done, tuple(body.out), stmt.loc)",
        ),
        cotangent("logistic"),
    ),
    "what was added to before a loop is forgotten": defect(
        Edit(Frame.close_loop, "parent.widened(v)", "algebra.zero('float64')"), cotangent("kahan_sum")
    ),
    "what was added to before a map is forgotten": defect(
        Edit(Frame.close_map, "parent.widened(v)", "algebra.zero('float64')"), cotangent("broadcast_stores")
    ),
    "the start of a sum gets nothing": defect(Edit(Sweep.map, "frame.add(s.init, bar)", "pass"), random(0, 15)),
    "the two sides of a branch are exchanged": defect(
        Edit(Sweep.branch, "(j.then_value, j.else_value)[k]", "(j.then_value, j.else_value)[1 - k]"),
        cotangent("branches_in_loop"),
    ),
    "what one side does not add to is forgotten": defect(
        Edit(frames.close_branches, "frame.bars.get(name, before)", "frame.bars.get(name)"),
        cotangent("branches_in_loop"),
    ),
    "the number of a trip is its index": defect(
        Edit(
            Storage._numbers,
            "self.tapes.trip(owner, f.values[owner.index.name][0], start, step)",
            "f.values[owner.index.name][0]",
        ),
        cotangent("range_steps"),
    ),
    "the tape is read one trip off": defect(
        Edit(
            Storage._carry_out,
            "self.trips(home)",
            "tuple(self.b.assign('pymax', n.Const(0, i.type), "
            "self.b.assign('sub', i, n.Const(1, i.type), dtype='int64'), dtype='int64') for i in self.trips(home))",
        ),
        cotangent("logistic"),
    ),
    "what steers is recomputed": defect(
        Edit(Storage._choose, "if exact:", "if False:"), steering("threshold_on_recomputed_exp")
    ),
    "a value is read again from memory that has changed": defect(
        Edit(Storage._intact, "if meets_in_same_trip", "if False and meets_in_same_trip"), cotangent("overwrites_two")
    ),
    "a stored result is read again though overwritten": defect(
        Edit(Storage._stored_intact, "len(writes) != 1 or ", ""), cotangent("exponential_overwritten_in_its_trip")
    ),
    "a stored result is read again though a loop stores it anew": defect(
        Edit(
            Storage._stored_intact,
            "return all((r.kind != 'loop' for r in _between(writes[0].region, outside)))",
            "return True",
        ),
        cotangent("exponential_stored_again_in_a_later_trip"),
    ),
    "later trips do not count as overwriting": defect(
        Edit(saves.executes_after, "region_a.kind == 'loop' and level > depth", "False"),
        cotangent("shadow_reset_by_store"),
    ),
    "only the textual order counts for what is saved": defect(
        Edit(saves.must_save, "executes_after(facts, write, r)", "_textually_after(write, r)"),
        cotangent("shadow_reset_by_store"),
    ),
    "buffers are not exchanged back": defect(
        Edit(Sweep._reverse_references, "table[c.inner.name], outer", "var, outer"), cotangent("swap_buffers_odd")
    ),
    "iterations that meet add without care": defect(
        Edit(accumulate._block, "'reduced' if facts.class_of(stmt.array) in shared else 'plain'", "'plain'"),
        cotangent("broadcasting"),
    ),
    "only the first operand of a library call is varied": defect(
        Edit(
            activity.flows,
            "for arg in stmt.args:\n                    for made in stmt.outs:\n"
            "                        add(arg, made)\n            case n.Custom",
            "for made in stmt.outs:\n                    add(stmt.args[0], made)\n            case n.Custom",
        ),
        cotangent("products"),
    ),
    "only one side of a join is varied": defect(
        Edit(activity.flows, "add(j.else_value, j.target)", "pass"), cotangent("branches_in_loop")
    ),
    "a saved row is the one of the first trip": defect(
        Edit(
            Tapes.forward_numbers,
            "return r.owner.indices",
            "return tuple(n.Const(0, i.type) for i in r.owner.indices)",
        ),
        cotangent("network_loss"),
    ),
}
