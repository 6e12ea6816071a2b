"""Format modules (FORMAT_MODULE_PATH): dates and numbers where Django's formats of a language differ from Norwegian usage."""
