"""DocFlow, the service that takes the paper out of a municipal district.

A map of the rooms, from the ground up:

- ``core``: database, unit of work, errors, clock, actors, jobs as rows; ``settings``: every setting.
- ``jobs``: runs what the job table holds; ``web``: the shell of the pages.
- ``audit``: the chained journal of acts and the log of openings.
- ``allowances``: how often one address may ask the public site.
- ``accounts``: people, org units, roles, and what each may see.
- ``storage``: bytes, addressed by their content; ``pdf``: pages, rasters, text layers.
- ``documents``: documents, their pages and texts; ``ocr``: reading; ``search``: finding.
- ``stamping``: the visible stamp and the seal.
- ``ingest``: from the scan to the index; ``corrections``: pages in doubt, set right by a person.
- ``unit_proposals``: the unit that a document probably concerns, learned from what people decided.
- ``notifications``: mail, asked for with the facts and sent by a job.
- ``deadlines``: by when something must be done, by the calendar of Morocco.
- ``registry``: registers, numbers without gaps, entries, the registration screen.
- ``routing``: what is asked of whom, tasks, the way of a document.
- ``complaints``: complaints, observations and suggestions of citizens, from their deposit to the yearly report.
- ``records``: case files, which gather the letters of a matter under one number.
- ``requests``: procedures, what citizens ask by them, access to information.
- ``appointments``: offices that receive the public, appointments, tickets, desks and how many to open.
- ``publications``: what everybody may read: news, decisions, office hours.
- ``reports``: what is late, how long each step takes, who has how much to do.
- ``backups``: copies of all of it elsewhere, restoring them, moving up to servers.
- ``batches``: separator sheets, and the pages of a batch put in order.
- ``admin``: people, jobs, health.
- ``home``: the first page of each role, and the page of all places.
- ``portal``: the public site.
- ``bootstrap``, ``app`` and ``cli`` put the rooms together.
"""
