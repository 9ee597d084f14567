-- +goose Up
-- A pet and an owner may stand here twice, as 'ada' and 'Ada': it is not a link table.
CREATE TABLE favours (
    pet_id INTEGER NOT NULL REFERENCES pets (id),
    owner_name TEXT NOT NULL REFERENCES owners (name),
    PRIMARY KEY (pet_id, owner_name)
);
-- It is one where the names of its key are compared as those of owners.
CREATE TABLE wishes (
    pet_id INTEGER NOT NULL REFERENCES pets (id),
    owner_name TEXT NOT NULL COLLATE NOCASE REFERENCES owners (name),
    PRIMARY KEY (pet_id, owner_name)
);
