"""What must be done: level-1/2/3 playbooks per incident type, as YAML, and the engine that runs them.

Pure: `advance(...)` returns effects; a playbook may add tasks and earlier targets, never a clock.
"""
