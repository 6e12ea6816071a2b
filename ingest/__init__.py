"""Feed consumer: follows NAV's vacancy feed and stores its ads. It imports no search: row versions show what must be indexed.

Public modules, which other apps may import (`tests/test_architecture.py`):

- `client`: HTTP client of the feed, without Django.
- `models`: the tables; `status` and `report`: state of the feed and result of a sync run.
- `sync`, `replay`, `consistency`, `detail_queue`, `lease`: what commands and jobs of administrators run.
- `error_messages`: errors as text.
"""
