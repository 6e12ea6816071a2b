from tests.web.support import (  # noqa: F401 - fixtures
    ads,
    engine_down,
    files_from_where_they_lie,
    own_index,
    recruiter,
)
