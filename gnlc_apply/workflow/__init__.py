"""The lives of applications, calls, cohorts and memberships, declared as data and performed by one engine. Pure."""
