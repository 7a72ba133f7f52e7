-- answers: Records one changeset.
-- params: cs bigint, title text, kind text, effective_on date, recorded_at timestamp, author text, approved_by text, document text, reverts bigint, draft text, operations text, validation text
-- returns: none
-- grain: one row
-- order: none
insert into changeset (
    cs, title, kind, effective_on, recorded_at, author, approved_by, document, reverts, draft, operations, validation
)
values (
    $cs, $title, $kind, $effective_on, $recorded_at, $author, $approved_by, $document, $reverts, $draft,
    $operations::json, $validation::json
);
