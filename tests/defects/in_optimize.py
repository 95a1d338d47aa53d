"""Defects in the optimizing passes."""

from s2sad.optimize import cse, dead, firstwrite, fold, hoist, merge, partials, retarget, unify
from s2sad.optimize.copies import _Same
from tests.defects.detectors import Defect, cotangent, defect, primal, test
from tests.optimize import test_exact, test_passes
from tests.support.mutation import Edit, Entry

DEFECTS: dict[str, Defect] = {
    "a load is reused across a store": defect(
        Edit(cse._Reuse.statement, "state = self.versions.before(here, stmt.array)", "state = 0"),
        Edit(cse._Reuse.statement, "state = self.versions.after(here, stmt.array)", "state = 0"),
        primal("overwrites_two"),
    ),
    "what one branch computed is reused after it": defect(
        Edit(cse._Reuse.leave, "del self.available[key]", "pass"), primal("branches_in_loop")
    ),
    "operands of a subtraction are exchanged for reuse": defect(
        Edit(cse._Reuse.simple, "if stmt.op in _COMMUTES", "if stmt.op in _COMMUTES or stmt.op == 'sub'"),
        primal("differences_both_ways"),
    ),
    "only the first store to memory is kept": defect(
        Edit(dead._Marks.memory, "self.writers.get(cls, ())", "self.writers.get(cls, ())[:1]"), primal("element_stores")
    ),
    "the start of a carried value counts as dead": defect(
        Edit(dead._Marks.value, "self.all((c.inner, c.init, c.next))", "self.all((c.inner, c.next))"),
        primal("over_arrays"),
    ),
    "a carried value counts as invariant": defect(
        Edit(hoist._split, "varying = set(walk.inner_targets(stmt))", "varying = set(walk.inner_targets(stmt)[:1])"),
        primal("logistic"),
    ),
    "an integer division is hoisted": defect(
        Edit(hoist._safe, "(isinstance(divisor, n.Const) and divisor.value != 0)", "True"),
        test(test_exact.test_an_integer_division_is_hoisted_only_by_what_is_not_zero, "floordiv", test_exact.M, False),
    ),
    "a first write is one though its loop adds more": defect(
        Edit(firstwrite._assigned, "if len(mentions) != 1:", "if not mentions:"), cotangent("mirrored")
    ),
    "a first write need not cover the array": defect(
        Edit(firstwrite._covers, "extents[atom] == extent", "True"), cotangent("part_used")
    ),
    "a user's own zeros are set by their first write": defect(
        Edit(firstwrite._block, "isinstance(stmt, n.Alloc) and stmt.role == 'shadow'", "isinstance(stmt, n.Alloc)"),
        primal("signs_of_zero"),
    ),
    "additions are merged across a read": defect(
        Edit(merge._block, "pending.pop(facts.class_of(a), None)", "pass"), cotangent("condition_overwritten")
    ),
    "additions of the user's program are merged": defect(
        Edit(merge.merge, "if fn.reverse_at is None:\n        return fn", "fn = replace(fn, reverse_at=0)"),
        primal("additions_in_a_row"),
    ),
    "x + 0.0 is x": defect(
        Entry(fold._FLOAT, "add", lambda a: a[0] if fold._is(a[1], 0.0) else None),
        test(test_exact.test_float_identities, "x + 0.0"),
    ),
    "x * 0.0 is 0.0": defect(
        Entry(fold._FLOAT, "mul", lambda a: a[1] if fold._is(a[1], 0.0) else None),
        test(test_exact.test_float_identities, "x * 0.0"),
    ),
    "a - -b is a - b": defect(
        Edit(fold.strength, "'sub' if stmt.op == 'add' else 'add'", "'sub'"), primal("signs_of_zero")
    ),
    "the branch not taken is kept": defect(
        Edit(
            fold._Fold.before,
            "self.block(stmt.then if taken else stmt.orelse)",
            "self.block(stmt.orelse if taken else stmt.then)",
        ),
        test(test_passes.test_random_programs, "fold", 19),
    ),
    "a carry that changes counts as unchanged": defect(
        Edit(_Same.carries, "after == c.inner or after == init", "True"), primal("logistic")
    ),
    "extents are one though nothing checked them": defect(
        Edit(unify._Unify.simple, "cond in self.equal", "cond is not None and self.equal"), primal("log_softmax")
    ),
    "a library result that is read twice is retargeted": defect(
        Edit(retarget._pieces, "before.get(source) != total[source]", "False"), primal("result_copied_and_kept")
    ),
    "a factor of a reversed recurrence is lost": defect(
        Edit(partials._factor, "if factor[bar] is None:", "if True:"), cotangent("logistic")
    ),
}
