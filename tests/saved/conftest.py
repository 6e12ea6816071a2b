from tests.web.support import (  # noqa: F401 - fixtures
    ads,
    engine_down,
    own_index,
    recruiter,
)
