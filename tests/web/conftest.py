from tests.web.support import (  # noqa: F401 - fixtures
    ads,
    engine_down,
    module_site,
    own_ads,
    own_index,
    recruiter,
)
