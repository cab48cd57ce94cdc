"""What a camera's microphone hears: kept for a minute beside the pictures, for clips.

Sound comes over a connection of its own, opened only for cameras of which it is wanted and only
once their pictures come. In one connection with the pictures FFmpeg would count the pictures' time
stamps on from each sender report, so that a clock that is set could not be told from a pause; and
fifty packets a second would wake the thread on which the pictures wait.
"""
