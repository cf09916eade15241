"""One PostgreSQL database of a process of the suite, put back after each test as it was when it was made.

To make a copy of a database with its hundreds of files for every test, and to drop it, takes longer than most tests.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg

KEEP = """
CREATE SCHEMA pristine;
DO $$
DECLARE name text;
BEGIN
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
        EXECUTE format('CREATE TABLE pristine.%1$I AS TABLE public.%1$I', name);
    END LOOP;
END $$;
CREATE TABLE pristine."the sequences" AS
    SELECT format('public.%I', sequencename) AS name, start_value, last_value FROM pg_sequences
    WHERE schemaname = 'public';
"""
PUT_BACK = """
SET session_replication_role = replica;
DO $$
DECLARE
    name text;
    is_written boolean;
BEGIN
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM public.%I)', name) INTO is_written;
        IF is_written THEN
            EXECUTE format('DELETE FROM public.%I', name);
        END IF;
        EXECUTE format('INSERT INTO public.%1$I SELECT * FROM pristine.%1$I', name);
    END LOOP;
    PERFORM setval(kept.name::regclass, coalesce(kept.last_value, kept.start_value), kept.last_value IS NOT NULL)
        FROM pristine."the sequences" AS kept;
END $$;
"""
OTHERS = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()"
SHAPE = """
SELECT md5(string_agg(part, ',' ORDER BY part)) FROM (
    SELECT format('%s %s %s %s', attrelid::regclass, attname, atttypid, attnotnull) AS part
        FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
        WHERE relnamespace = 'public'::regnamespace AND attnum > 0
    UNION ALL
    SELECT format('%s %s %s', tgrelid::regclass, tgname, tgenabled) FROM pg_trigger WHERE NOT tgisinternal
) AS parts
"""
"""Columns of tables and of indexes, and triggers: what a test of the schema or of the journal's guards may change."""


class PristineDatabase:
    """A database with what it held at first; nothing but tests writes to it, one after the other."""

    def __init__(self, url: str) -> None:
        """Keep a copy of every row."""
        self.url = url
        self._connection = psycopg.connect(url, autocommit=True)
        self._connection.execute(KEEP)
        self._shape = self._read_shape()

    def put_back(self) -> bool:
        """Put every row back; return whether the database is as it was, which no other shape of its tables is."""
        self._connection.execute(OTHERS, [self._connection.info.dbname])
        if self._read_shape() != self._shape:
            return False
        self._connection.execute(PUT_BACK)
        return True

    def close(self) -> None:
        self._connection.close()

    def _read_shape(self) -> str:
        row = self._connection.execute(SHAPE).fetchone()
        assert row is not None
        return str(row[0])


class PristineDatabases:
    """Lends databases to tests, and makes another one when none is as it was."""

    def __init__(self, make: Callable[[], PristineDatabase]) -> None:
        self._make = make
        self._free: list[PristineDatabase] = []

    @contextmanager
    def lent(self) -> Iterator[str]:
        """Give the address of a database for the length of a block."""
        database = self._free.pop() if self._free else self._make()
        yield database.url
        if database.put_back():
            self._free.append(database)
        else:
            database.close()

    def close(self) -> None:
        while self._free:
            self._free.pop().close()
