"""Cameras and microphones: who has one open, what looks inside, and when it is closed. It knows no subject.

A device is open in a process of its own, and nowhere else; `owner.py` starts that process and ends it. What a subject
wants to see is a looker inside it. That a device is closed is a promise: owner.py, process.py and orders.py keep it.
"""
