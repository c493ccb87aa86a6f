# connection
