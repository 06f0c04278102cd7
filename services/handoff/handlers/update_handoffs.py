"""A lead whose hand-off is open did something strong again: news for its owner."""

from collections.abc import Mapping, Sequence

from services.handoff.domain.context import Seen
from services.handoff.domain.evaluation import Evaluation
from services.handoff.domain.explain import points
from services.handoff.handlers.cards import touch_line
from services.handoff.handlers.references import references
from services.handoff.store.leads import LeadBatch
from services.handoff.unit_of_work import UnitOfWork
from shared.contracts.handoffs import Updated


def update_handoffs(
    uow: UnitOfWork,
    batch: LeadBatch,
    open_handoffs: Mapping[str, str],
    news: Mapping[str, Sequence[tuple[Seen, Evaluation]]],
    traces: Mapping[str, str | None],
) -> None:
    """Tell the owner of each open hand-off, once for all that this batch brought.

    ``open_handoffs`` maps the leads of ``news`` to their open hand-off, ``traces`` to the
    trace of the latest piece.
    """
    known = references(uow.conn, open_handoffs.values())
    uow.stage(
        uow.envelope(
            Updated(
                # Merged in this very batch, it is stored under its former lead still.
                handoff=known[open_handoffs[lead_id]].model_copy(update={"lead_id": lead_id}),
                touches=[touch_line(seen) for seen, _ in reversed(touches)],
                points=_points(touches),
                engagement=points(touches[-1][1].engagement),
                fit=points(touches[-1][1].fit),
                policy_version=touches[-1][1].version.number,
                policy_version_id=touches[-1][1].version.version_id,
            ),
            batch.leads[lead_id],
            traceparent=traces[lead_id],
        )
        for lead_id, touches in news.items()
    )


def _points(touches: Sequence[tuple[Seen, Evaluation]]) -> dict[str, float]:
    """Return what each of these brings now, so that readers see the strongest first."""
    worth = {seen.touch_id: 0 for seen, _ in touches}
    for factor in touches[-1][1].factors:
        for counted in factor.touches:
            if counted.touch_id in worth:
                worth[counted.touch_id] += counted.value
    return {touch_id: points(value) for touch_id, value in worth.items()}
