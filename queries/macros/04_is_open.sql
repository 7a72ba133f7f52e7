-- answers: Whether a petition was open at a moment: received before it, and neither closed before it nor
-- taken out of handling (merged into another, split into parts, rejected, void).
-- grain: one value
create or replace macro is_open(status, received_at, closed_at, moment) as
received_at < moment
and status not in ('rejected', 'merged', 'split', 'void')
and (status <> 'closed' or closed_at >= moment);
