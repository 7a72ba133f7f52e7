-- answers: A number that holds for the whole store: as set, otherwise its usual value.
-- grain: one value
create or replace macro store_number(name, otherwise) as
coalesce((select try_cast(value as double) from store_setting where key = name), otherwise);
