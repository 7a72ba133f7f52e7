-- answers: What says who somebody is: names, telephones, addresses, texts. Alone in this table, each sealed with a
-- key that is not in the store.
-- grain: one row per record and field
create table personal_value (
    record_kind  text not null,              -- table of the register
    record_key   text not null,              -- key of the record; of people in charge their number
    field        text not null,
    kind         text not null,              -- name | phone | id | address | text
    key_id       text not null,              -- which key sealed it: TABLE/MONTH/GENERATION
    sealed       blob not null,              -- nonce, ciphertext, tag (AES-256-GCM)
    mark         text not null,              -- keyed hash: to compare it, and to find a number
    shown        text,                       -- of a text: without telephones, numbers, doors and names
    import_id    bigint not null
);
