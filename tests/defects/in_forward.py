"""Defects in forward mode."""

from s2sad.adjoint.forward import _Forward
from tests.defects.detectors import Defect, defect, tangent
from tests.support.mutation import Edit

DEFECTS: dict[str, Defect] = {
    "a term of a tangent is dropped": defect(
        Edit(_Forward.assign, "total = term if total is None else", "total = term if total is not None else"),
        tangent("logistic"),
    ),
    "a passive store leaves the tangent": defect(
        Edit(
            _Forward.memory,
            "case n.Store() if self.act.is_varied(stmt.array):",
            "case n.Store() if self.act.is_varied(stmt.array) and self.dot(stmt.value) is not None:",
        ),
        tangent("shadow_reset_by_store"),
    ),
    "the second operand of a library call replaces the first": defect(
        Edit(_Forward.libcall, "if first else", "if True else"), tangent("products")
    ),
    "a carried tangent starts at zero": defect(
        Edit(_Forward.loop, "self.dot_or_zero(c.init)", "algebra.zero(c.init.type.dtype)"), tangent("logistic")
    ),
    "the sides of a join are exchanged": defect(
        Edit(_Forward.branch, "*(self.dot_or_zero(s) for s in sides)", "*(self.dot_or_zero(s) for s in sides[::-1])"),
        tangent("branches_in_loop"),
    ),
    "what is added to memory has no tangent": defect(
        Edit(_Forward.memory, "if dot is not None:", "if False:"), tangent("element_stores")
    ),
}
