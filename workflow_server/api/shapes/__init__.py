"""The shapes of what comes in and goes out of the API, one file per noun."""
