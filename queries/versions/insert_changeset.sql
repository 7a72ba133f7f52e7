-- answers: Records one changeset.
-- params: cs bigint, title text, kind text, effective_on date, recorded_at timestamp, author text, approved_by text, document text, operations text
-- returns: none
-- grain: one row
-- order: none
insert into changeset (cs, title, kind, effective_on, recorded_at, author, approved_by, document, operations)
values ($cs, $title, $kind, $effective_on, $recorded_at, $author, $approved_by, $document, $operations::json);
