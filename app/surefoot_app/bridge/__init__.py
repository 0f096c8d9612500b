"""Between the library and the screen: threads, events, settings, words. Widgets know nothing of these."""
