# agent: keys that are added to the agent, and security keys

agent-add = Add key { $path } ({ $comment }) to agent? (yes/no){" "}
agent-not-added = the key { $path } was not added to the agent: { $reason }
agent-does-not-take = the agent does not take it
