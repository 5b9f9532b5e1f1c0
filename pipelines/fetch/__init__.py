"""Lists of addresses -> documents in the archive, politely, with a typed outcome for each address.

The list is read (:mod:`pipelines.fetch.url_list`), each address asked for (:mod:`pipelines.fetch.asking`) through
guarded connections (:mod:`pipelines.fetch.guard`, :mod:`pipelines.fetch.transport`), pages are looked through for the
files that are the report (:mod:`pipelines.fetch.page`), and all of it archived (:mod:`pipelines.fetch.collecting`).
"""
