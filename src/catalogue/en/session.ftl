# What comes in the middle of a session.

facts-title = Connection information
facts-hint-scroll = scroll
facts-hint-close = close

paste-title = Confirm the paste
paste-lines = { $count } lines are to be sent as if you typed them.
paste-one-line = One line is to be sent as if you typed it.
paste-ended = Each ends with Enter.
paste-open = The last one does not end with Enter.
paste-send = Send
