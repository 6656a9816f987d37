"""AppSync Events: the control plane, CloudFormation's resources, publishing over HTTP, and the realtime WebSocket.

ministack stores the APIs, the channel namespaces and the keys. The modules of this package make the calls that the project
uses, and their refusals, as they are on AWS.
"""
